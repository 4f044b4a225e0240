// What other parts of the library need of a group of processes.
#pragma once
#include "graft.h"

#include <cstdint>
#include <vector>

namespace graft {

// Adds the values of all processes, in place; waits for them.
void add_over(graft_group group, std::vector<double>& values);

// From the mean and the sum of squared distances of each channel over `count` rows of this process, in place: those over the
// rows of all processes, whose number is returned.
double combine_moments(graft_group group, double count, std::vector<double>& mean, std::vector<double>& squares);

}  // namespace graft
