// The element-wise work of a training step, one pass over memory each.
#include "guard.h"
#include "handles.h"
#include "kernels.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <vector>

using graft::borrow;
using graft::guard;
using graft::kBlockValues;

namespace {

float* flat(const at::Tensor& tensor) {
  TORCH_CHECK(tensor.scalar_type() == at::kFloat && tensor.is_non_overlapping_and_dense() && tensor.device().is_cpu(),
              "expected a dense float32 tensor on the CPU");
  return tensor.data_ptr<float>();
}

// Element i of both must have the same offset; a gradient may have another layout than its weight.
at::Tensor like(const at::Tensor& tensor, const at::Tensor& layout) {
  if (tensor.strides() == layout.strides()) return tensor;
  return at::empty_like(layout).copy_(tensor);
}

}  // namespace

graft_status graft_adamw_step(graft_tensor weight, graft_tensor gradient, graft_tensor first, graft_tensor second,
                              const graft_adamw* settings) {
  return guard([&] {
    const c10::AutoGradMode no_grad(false);
    const auto w = borrow(weight);
    const auto g = like(borrow(gradient), w);
    const auto m = borrow(first);
    const auto v = borrow(second);
    TORCH_CHECK(m.strides() == w.strides() && v.strides() == w.strides(), "optimizer state and weight differ in layout");
    float* const pw = flat(w);
    const float* const pg = flat(g);
    float* const pm = flat(m);
    float* const pv = flat(v);
    const graft_adamw s = *settings;
    const float keep = static_cast<float>(1.0 - s.rate * s.decay);
    const float b1 = static_cast<float>(s.beta1);
    const float b2 = static_cast<float>(s.beta2);
    const float step = static_cast<float>(s.rate / s.correction1);
    const float root = static_cast<float>(std::sqrt(s.correction2));
    const float eps = static_cast<float>(s.epsilon);
    const float scale = static_cast<float>(s.gradient_scale);
    at::parallel_for(0, w.numel(), kBlockValues, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const float grad = pg[i] * scale;
        pm[i] = b1 * pm[i] + (1.0f - b1) * grad;
        pv[i] = b2 * pv[i] + (1.0f - b2) * grad * grad;
        pw[i] = pw[i] * keep - step * pm[i] / (std::sqrt(pv[i]) / root + eps);
      }
    });
    w.unsafeGetTensorImpl()->bump_version();
  });
}

graft_status graft_average(graft_tensor average, graft_tensor value, double share) {
  return guard([&] {
    const c10::AutoGradMode no_grad(false);
    const auto a = borrow(average);
    const auto v = like(borrow(value), a);
    float* const pa = flat(a);
    const float* const pv = flat(v);
    const float part = static_cast<float>(share);
    at::parallel_for(0, a.numel(), kBlockValues, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) pa[i] += part * (pv[i] - pa[i]);
    });
    a.unsafeGetTensorImpl()->bump_version();
  });
}

graft_status graft_squared_norm(graft_tensor tensor, double* sum) {
  return guard([&] {
    const auto t = borrow(tensor);
    const float* const data = flat(t);
    const int64_t count = t.numel();
    // Fixed blocks, added in order: the same sum for any number of threads.
    const int64_t blocks = (count + kBlockValues - 1) / kBlockValues;
    std::vector<double> partial(static_cast<size_t>(blocks), 0.0);
    at::parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
      for (int64_t block = begin; block < end; ++block) {
        const int64_t stop = std::min(count, (block + 1) * kBlockValues);
        double lanes[8] = {};
        int64_t i = block * kBlockValues;
        for (; i + 8 <= stop; i += 8)
          for (int lane = 0; lane < 8; ++lane) lanes[lane] += static_cast<double>(data[i + lane]) * data[i + lane];
        for (; i < stop; ++i) lanes[0] += static_cast<double>(data[i]) * data[i];
        for (const double lane : lanes) partial[static_cast<size_t>(block)] += lane;
      }
    });
    *sum = 0.0;
    for (const double part : partial) *sum += part;
  });
}

graft_status graft_slice_moments(graft_tensor tensor, double* moments) {
  return guard([&] {
    const auto t = borrow(tensor);
    const float* const all = flat(t);
    TORCH_CHECK(t.dim() > 0 && t.numel() > 0, "the moments of no value are not defined");
    const int64_t slices = t.size(0), count = t.numel() / slices;
    TORCH_CHECK(slices == 1 || t.stride(0) == count, "the slices are not one after the other in memory");
    const int64_t blocks = (count + kBlockValues - 1) / kBlockValues;
    std::vector<double> sums(static_cast<size_t>(blocks)), squares(static_cast<size_t>(blocks));
    for (int64_t slice = 0; slice < slices; ++slice) {
      const float* const data = all + slice * count;
      const float from = data[0];  // one pass needs values near zero, or the variance loses precision
      at::parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
        for (int64_t block = begin; block < end; ++block) {
          const int64_t stop = std::min(count, (block + 1) * kBlockValues);
          const int64_t start = block * kBlockValues;
          graft::moments(data + start, stop - start, from, &sums[static_cast<size_t>(block)], &squares[static_cast<size_t>(block)]);
        }
      });
      double sum = 0.0, square = 0.0;
      for (const double part : sums) sum += part;
      for (const double part : squares) square += part;
      const double mean = sum / static_cast<double>(count);
      moments[2 * slice] = mean + from;
      moments[2 * slice + 1] = std::max(0.0, square / static_cast<double>(count) - mean * mean);
    }
  });
}
