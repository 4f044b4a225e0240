// Turns C++ exceptions into a status and a thread-local message, and handles into tensors.
#pragma once
#include "graft.h"

#include <exception>
#include <string>

namespace graft {
void remember(const char* message) noexcept;

template <typename Body>
graft_status guard(Body&& body) noexcept {
  try {
    body();
    return 0;
  } catch (const std::exception& error) {
    remember(error.what());
  } catch (...) {
    remember("an unknown native error");
  }
  return 1;
}
}  // namespace graft
