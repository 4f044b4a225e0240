// Nearest-neighbour upsampling by two in a graph, on channels-last maps.
#include "guard.h"
#include "handles.h"
#include "kernels.h"
#include "maps.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

using graft::borrow;
using graft::give;
using graft::guard;

namespace {

// Each row of the small map, with the two rows of the large one that belong to it.
template <typename Body>
void each_row(int64_t rows, Body&& body) {
  at::parallel_for(0, rows, 4, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) body(row);
  });
}

class Upsampling : public torch::autograd::Function<Upsampling> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext*, const at::Tensor& given) {
    const auto x = given.contiguous(at::MemoryFormat::ChannelsLast);
    const int64_t c = x.size(1), width = x.size(3);
    auto y = at::empty({x.size(0), c, 2 * x.size(2), 2 * width}, x.options().memory_format(at::MemoryFormat::ChannelsLast));
    graft::by_type(x, [&](auto type) {
      using T = decltype(type);
      each_row(x.size(0) * x.size(2), [&](int64_t row) {
        T* const upper = graft::values<T>(y) + 4 * row * width * c;
        graft::double_pixels(graft::values<T>(x) + row * width * c, width, c, upper);
        std::copy_n(upper, 2 * width * c, upper + 2 * width * c);
      });
    });
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext*, torch::autograd::variable_list gradients) {
    const graft::Sliced dy(gradients[0]);
    const int64_t c = dy.map.size(1), width = dy.map.size(3) / 2;
    auto dx = at::empty({dy.map.size(0), c, dy.map.size(2) / 2, width}, dy.map.options().memory_format(at::MemoryFormat::ChannelsLast));
    graft::by_type(dx, [&](auto type) {
      using T = decltype(type);
      each_row(dx.size(0) * dx.size(2), [&](int64_t row) {
        const T* const upper = dy.row<T>(4 * row * width);
        graft::sum_pixels(upper, upper + 2 * width * dy.pitch, dy.pitch, width, c, graft::values<T>(dx) + row * width * c);
      });
    });
    return {dx};
  }
};

}  // namespace

graft_status graft_upsample(graft_tensor input, graft_tensor* result) {
  return guard([&] {
    *result = nullptr;
    const auto x = borrow(input);
    // Without a graph libtorch's operator is as good, but in mixed precision it would return float32.
    const bool graph = at::GradMode::is_enabled() && x.requires_grad();
    if (!graft::is_map(x) || (!graph && x.scalar_type() == at::kFloat)) return;
    *result = give(Upsampling::apply(x));
  });
}
