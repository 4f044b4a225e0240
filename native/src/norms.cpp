// Batch normalisation and SiLU as one differentiable step for training: three passes over memory forward and five
// backward, where separate operators take five and eight. Sums run over fixed blocks of rows and are combined in
// order, so the result does not depend on the number of threads. Beside it, normalisation by the statistics of one image.
#include "guard.h"
#include "handles.h"
#include "kernels.h"
#include "maps.h"
#include "processes.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <vector>

using graft::borrow;
using graft::give;
using graft::guard;

namespace {

// A channels-last map as rows of channels, cut into blocks of whole rows.
struct Rows {
  int64_t channels, rows, block, blocks;

  explicit Rows(const at::Tensor& map)
      : channels(map.size(1)),
        rows(map.numel() / map.size(1)),
        block(graft::block_rows(channels)),
        blocks((rows + block - 1) / block) {}

  int64_t count(int64_t index) const { return std::min(block, rows - index * block); }

  template <typename Body>
  void each(Body&& body) const {
    at::parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
      for (int64_t index = begin; index < end; ++index) body(index, index * block * channels, count(index));
    });
  }
};

// Mean and sum of squared distances of each channel: by block, then combined in double precision (Chan et al. 1979).
template <typename T>
void moments(const Rows& rows, const T* x, std::vector<double>& mean, std::vector<double>& squares) {
  const int64_t c = rows.channels;
  std::vector<float> parts(static_cast<size_t>(rows.blocks * 2 * c));
  rows.each([&](int64_t index, int64_t offset, int64_t count) {
    float* const part = parts.data() + index * 2 * c;
    graft::block_moments(x + offset, count, c, part, part + c);
  });
  mean.assign(c, 0.0);
  squares.assign(c, 0.0);
  double seen = 0;
  for (int64_t index = 0; index < rows.blocks; ++index) {
    const double count = static_cast<double>(rows.count(index));
    const float* const part = parts.data() + index * 2 * c;
    graft::add_moments(seen, count, part, part + c, mean, squares);
    seen += count;
  }
}

void remember(const at::Tensor& running, const std::vector<double>& now, double factor, double momentum) {
  float* const values = running.data_ptr<float>();
  for (size_t i = 0; i < now.size(); ++i)
    values[i] = static_cast<float>((1 - momentum) * values[i] + momentum * now[i] * factor);
}

class NormSilu : public torch::autograd::Function<NormSilu> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input, const at::Tensor& gain,
                            const at::Tensor& offset, const at::Tensor& running_mean,
                            const at::Tensor& running_variance, double momentum, double epsilon, bool activate, int64_t group) {
    const auto x = input.contiguous(at::MemoryFormat::ChannelsLast);
    const Rows rows(x);
    std::vector<double> mean, squares;
    graft::by_type(x, [&](auto type) { moments(rows, graft::values<decltype(type)>(x), mean, squares); });
    const int64_t c = rows.channels;
    // Per channel: mean, 1/√(σ² + ε), then a and b of the affine map a·x + b.
    auto channel = at::empty({4, c}, gain.options());
    float* const m = channel.data_ptr<float>();
    const float* const g = gain.data_ptr<float>();
    const float* const o = offset.data_ptr<float>();
    double count = static_cast<double>(rows.rows);
    if (group != 0) count = graft::combine_moments(reinterpret_cast<graft_group>(group), count, mean, squares);
    for (int64_t i = 0; i < c; ++i) {
      const double inverse = 1 / std::sqrt(squares[i] / count + epsilon);
      m[i] = static_cast<float>(mean[i]);
      m[c + i] = static_cast<float>(inverse);
      m[2 * c + i] = static_cast<float>(g[i] * inverse);
      m[3 * c + i] = static_cast<float>(o[i] - mean[i] * g[i] * inverse);
    }
    remember(running_mean, mean, 1, momentum);
    remember(running_variance, squares, 1 / std::max(1.0, count - 1), momentum);
    auto y = at::empty_like(x);
    graft::by_type(x, [&](auto type) {
      using T = decltype(type);
      rows.each([&](int64_t, int64_t begin, int64_t lines) {
        graft::affine_silu(graft::values<T>(x) + begin, lines, c, m + 2 * c, m + 3 * c, activate, graft::values<T>(y) + begin);
      });
    });
    context->save_for_backward({x, channel});
    context->saved_data["activate"] = activate;
    context->saved_data["group"] = group;
    context->saved_data["count"] = count;
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto& x = saved[0];
    const bool activate = context->saved_data["activate"].toBool();
    const int64_t group = context->saved_data["group"].toInt();
    const double count = context->saved_data["count"].toDouble();
    const graft::Sliced dy(gradients[0]);
    const Rows rows(x);
    const int64_t c = rows.channels;
    const float* const m = saved[1].data_ptr<float>();
    std::vector<float> parts(static_cast<size_t>(rows.blocks * 2 * c));
    graft::by_type(x, [&](auto type) {
      using T = decltype(type);
      rows.each([&](int64_t index, int64_t begin, int64_t lines) {
        float* const part = parts.data() + index * 2 * c;
        graft::gradient_sums(graft::values<T>(x) + begin, dy.row<T>(begin / c), dy.pitch, lines, c, m, activate, part, part + c);
      });
    });
    std::vector<double> sums(static_cast<size_t>(2 * c), 0.0);
    for (int64_t index = 0; index < rows.blocks; ++index)
      for (int64_t i = 0; i < 2 * c; ++i) sums[i] += parts[index * 2 * c + i];
    auto d_gain = at::empty({c}, saved[1].options());
    auto d_offset = at::empty({c}, saved[1].options());
    // dx = a·(dz − Σdz/R − x̂·Σ(dz·x̂)/R).
    std::vector<float> share(static_cast<size_t>(2 * c));
    for (int64_t i = 0; i < c; ++i) {
      d_offset.data_ptr<float>()[i] = static_cast<float>(sums[i]);
      d_gain.data_ptr<float>()[i] = static_cast<float>(sums[c + i]);
    }
    // The gradients of gain and offset are this process's share, as those of all other weights are.
    if (group != 0) graft::add_over(reinterpret_cast<graft_group>(group), sums);
    for (int64_t i = 0; i < 2 * c; ++i) share[i] = static_cast<float>(m[2 * c + i % c] * sums[i] / count);
    auto dx = at::empty_like(x);
    graft::by_type(x, [&](auto type) {
      using T = decltype(type);
      rows.each([&](int64_t, int64_t begin, int64_t lines) {
        graft::gradient_inputs(graft::values<T>(x) + begin, dy.row<T>(begin / c), dy.pitch, lines, c, m, share.data(), activate,
                               graft::values<T>(dx) + begin);
      });
    });
    return {dx, d_gain, d_offset, {}, {}, {}, {}, {}, {}};
  }
};

// Normalisation of each image over its channels and positions; `channel` holds per image and channel: mean, 1/σ, a, b of a·x + b.
class ImageNorm : public torch::autograd::Function<ImageNorm> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input, const at::Tensor& gain,
                            const at::Tensor& offset, double epsilon) {
    const auto x = input.contiguous(at::MemoryFormat::ChannelsLast);
    auto channel = at::empty({x.size(0), 4, x.size(1)}, gain.options());
    auto y = at::empty_like(x);
    graft::by_type(x, [&](auto type) { run<decltype(type)>(x, gain, offset, epsilon, channel, y); });
    context->save_for_backward({x, channel, gain});
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto& x = saved[0];
    const int64_t images = x.size(0), c = x.size(1);
    auto dx = at::empty_like(x);
    std::vector<double> sums(static_cast<size_t>(images * 2 * c), 0.0);
    graft::by_type(x, [&](auto type) { run_back<decltype(type)>(saved, graft::Sliced(gradients[0]), sums, dx); });
    auto d_gain = at::empty({c}, saved[2].options());
    auto d_offset = at::empty({c}, saved[2].options());
    for (int64_t i = 0; i < c; ++i) {
      double offset = 0, gain = 0;
      for (int64_t image = 0; image < images; ++image) {
        offset += sums[image * 2 * c + i];
        gain += sums[image * 2 * c + c + i];
      }
      d_offset.data_ptr<float>()[i] = static_cast<float>(offset);
      d_gain.data_ptr<float>()[i] = static_cast<float>(gain);
    }
    return {dx, d_gain, d_offset, {}};
  }

 private:
  template <typename T>
  static void run(const at::Tensor& x, const at::Tensor& gain, const at::Tensor& offset, double epsilon, const at::Tensor& channel,
                  const at::Tensor& y) {
    const int64_t images = x.size(0), c = x.size(1), values = x.numel() / images;
    const float* const g = gain.data_ptr<float>();
    const float* const o = offset.data_ptr<float>();
    at::parallel_for(0, images, 1, [&](int64_t begin, int64_t end) {
      for (int64_t image = begin; image < end; ++image) {
        const T* const from = graft::values<T>(x) + image * values;
        const float near = x[image].flatten()[0].template item<float>();  // near zero, or the variance loses precision
        double sum, square;
        graft::moments(from, values, near, &sum, &square);
        const double apart = sum / values;
        const double mean = apart + near, inverse = 1 / std::sqrt(std::max(0.0, square / values - apart * apart) + epsilon);
        float* const m = channel.data_ptr<float>() + image * 4 * c;
        for (int64_t i = 0; i < c; ++i) {
          m[i] = static_cast<float>(mean);
          m[c + i] = static_cast<float>(inverse);
          m[2 * c + i] = static_cast<float>(g[i] * inverse);
          m[3 * c + i] = static_cast<float>(o[i] - mean * g[i] * inverse);
        }
        graft::affine_silu(from, values / c, c, m + 2 * c, m + 3 * c, false, graft::values<T>(y) + image * values);
      }
    });
  }

  template <typename T>
  static void run_back(const torch::autograd::variable_list& saved, const graft::Sliced& dy, std::vector<double>& sums, const at::Tensor& dx) {
    const at::Tensor& x = saved[0];
    const int64_t images = x.size(0), c = x.size(1), values = x.numel() / images, lines = values / c;
    const float* const g = saved[2].data_ptr<float>();
    const int64_t block = graft::block_rows(c);
    at::parallel_for(0, images, 1, [&](int64_t begin, int64_t end) {
      std::vector<float> part(static_cast<size_t>(2 * c)), share(static_cast<size_t>(2 * c));
      for (int64_t image = begin; image < end; ++image) {
        const float* const m = saved[1].data_ptr<float>() + image * 4 * c;
        const T* const from = graft::values<T>(x) + image * values;
        double* const sum = sums.data() + image * 2 * c;
        for (int64_t line = 0; line < lines; line += block) {
          graft::gradient_sums(from + line * c, dy.row<T>(image * lines + line), dy.pitch, std::min(block, lines - line), c, m, false,
                               part.data(), part.data() + c);
          for (int64_t i = 0; i < 2 * c; ++i) sum[i] += part[i];
        }
        double first = 0, second = 0;
        for (int64_t i = 0; i < c; ++i) {
          first += g[i] * sum[i];
          second += g[i] * sum[c + i];
        }
        std::fill_n(share.begin(), c, static_cast<float>(m[c] * first / values));
        std::fill_n(share.begin() + c, c, static_cast<float>(m[c] * second / values));
        graft::gradient_inputs(from, dy.row<T>(image * lines), dy.pitch, lines, c, m, share.data(), false, graft::values<T>(dx) + image * values);
      }
    });
  }
};

bool dense(const at::Tensor& vector, int64_t channels) {
  return vector.scalar_type() == at::kFloat && vector.device().is_cpu() && vector.is_contiguous() &&
         vector.numel() == channels;
}

}  // namespace

graft_status graft_norm_silu(graft_tensor input, graft_tensor gain_handle, graft_tensor offset_handle,
                             graft_tensor mean_handle, graft_tensor variance_handle, double momentum, double epsilon,
                             int32_t activate, graft_group group, graft_tensor* result) {
  return guard([&] {
    *result = nullptr;
    const auto x = borrow(input);
    if (!graft::is_map(x)) return;
    const auto gain = borrow(gain_handle), offset = borrow(offset_handle);
    const auto mean = borrow(mean_handle), variance = borrow(variance_handle);
    for (const auto& vector : {gain, offset, mean, variance})
      if (!dense(vector, x.size(1))) return;
    if (x.numel() == x.size(1)) return;  // one value per channel has no variance: libtorch reports it
    *result = give(NormSilu::apply(x, gain, offset, mean, variance, momentum, epsilon, activate != 0,
                                   reinterpret_cast<int64_t>(group)));
    mean.unsafeGetTensorImpl()->bump_version();
    variance.unsafeGetTensorImpl()->bump_version();
  });
}

graft_status graft_image_norm(graft_tensor input, graft_tensor gain_handle, graft_tensor offset_handle, double epsilon,
                              graft_tensor* result) {
  return guard([&] {
    *result = nullptr;
    const auto x = borrow(input);
    if (!graft::is_map(x)) return;
    const auto gain = borrow(gain_handle), offset = borrow(offset_handle);
    if (!dense(gain, x.size(1)) || !dense(offset, x.size(1))) return;
    *result = give(ImageNorm::apply(x, gain, offset, epsilon));
  });
}
