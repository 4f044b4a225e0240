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
    const float* const from = x.data_ptr<float>();
    float* const to = y.data_ptr<float>();
    each_row(x.size(0) * x.size(2), [&](int64_t row) {
      float* const upper = to + 4 * row * width * c;
      graft::double_pixels(from + row * width * c, width, c, upper);
      std::copy_n(upper, 2 * width * c, upper + 2 * width * c);
    });
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext*, torch::autograd::variable_list gradients) {
    const graft::Sliced dy(gradients[0]);
    const int64_t c = dy.map.size(1), width = dy.map.size(3) / 2;
    auto dx = at::empty({dy.map.size(0), c, dy.map.size(2) / 2, width}, dy.map.options().memory_format(at::MemoryFormat::ChannelsLast));
    float* const to = dx.data_ptr<float>();
    each_row(dx.size(0) * dx.size(2), [&](int64_t row) {
      const float* const upper = dy.data + 4 * row * width * dy.pitch;
      graft::sum_pixels(upper, upper + 2 * width * dy.pitch, dy.pitch, width, c, to + row * width * c);
    });
    return {dx};
  }
};

}  // namespace

graft_status graft_upsample(graft_tensor input, graft_tensor* result) {
  return guard([&] {
    *result = nullptr;
    const auto x = borrow(input);
    if (!at::GradMode::is_enabled() || !x.requires_grad() || x.dim() != 4 || x.numel() == 0 || x.scalar_type() != at::kFloat ||
        !x.device().is_cpu())
      return;
    *result = give(Upsampling::apply(x));
  });
}
