// Batch normalisation and SiLU as one differentiable step for training: three passes over memory forward and five
// backward, where separate operators take five and eight. Sums run over fixed blocks of rows and are combined in
// order, so the result does not depend on the number of threads. Beside it, normalisation by the statistics of one image.
#include "guard.h"
#include "handles.h"
#include "kernels.h"
#include "maps.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <vector>

using graft::borrow;
using graft::give;
using graft::guard;

namespace {

constexpr int64_t kBlockValues = 16384;  // 64 KB: the second pass over a block reads it from a near cache

// A channels-last map as rows of channels, cut into blocks of whole rows.
struct Rows {
  int64_t channels, rows, block, blocks;

  explicit Rows(const at::Tensor& map)
      : channels(map.size(1)),
        rows(map.numel() / map.size(1)),
        block(std::max<int64_t>(1, kBlockValues / channels)),
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
void moments(const Rows& rows, const float* x, std::vector<double>& mean, std::vector<double>& squares) {
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
    const double share = count / (seen + count), both = share * seen;
    const float* const part = parts.data() + index * 2 * c;
    for (int64_t i = 0; i < c; ++i) {
      const double apart = part[i] - mean[i];
      mean[i] += apart * share;
      squares[i] += part[c + i] + apart * apart * both;
    }
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
                            const at::Tensor& running_variance, double momentum, double epsilon, bool activate) {
    const auto x = input.contiguous(at::MemoryFormat::ChannelsLast);
    const Rows rows(x);
    const float* const data = x.data_ptr<float>();
    std::vector<double> mean, squares;
    moments(rows, data, mean, squares);
    const int64_t c = rows.channels;
    // Per channel: mean, 1/√(σ² + ε), then a and b of the affine map a·x + b.
    auto channel = at::empty({4, c}, x.options().memory_format(at::MemoryFormat::Contiguous));
    float* const m = channel.data_ptr<float>();
    const float* const g = gain.data_ptr<float>();
    const float* const o = offset.data_ptr<float>();
    const double count = static_cast<double>(rows.rows);
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
    float* const result = y.data_ptr<float>();
    rows.each([&](int64_t, int64_t begin, int64_t lines) {
      graft::affine_silu(data + begin, lines, c, m + 2 * c, m + 3 * c, activate, result + begin);
    });
    context->save_for_backward({x, channel});
    context->saved_data["activate"] = activate;
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto& x = saved[0];
    const bool activate = context->saved_data["activate"].toBool();
    const graft::Sliced dy(gradients[0]);
    const Rows rows(x);
    const int64_t c = rows.channels;
    const float* const data = x.data_ptr<float>();
    const float* const m = saved[1].data_ptr<float>();
    std::vector<float> parts(static_cast<size_t>(rows.blocks * 2 * c));
    rows.each([&](int64_t index, int64_t begin, int64_t lines) {
      float* const part = parts.data() + index * 2 * c;
      graft::gradient_sums(data + begin, dy.data + begin / c * dy.pitch, dy.pitch, lines, c, m, activate, part, part + c);
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
      share[i] = static_cast<float>(m[2 * c + i] * sums[i] / rows.rows);
      share[c + i] = static_cast<float>(m[2 * c + i] * sums[c + i] / rows.rows);
    }
    auto dx = at::empty_like(x);
    float* const result = dx.data_ptr<float>();
    rows.each([&](int64_t, int64_t begin, int64_t lines) {
      graft::gradient_inputs(data + begin, dy.data + begin / c * dy.pitch, dy.pitch, lines, c, m, share.data(), activate, result + begin);
    });
    return {dx, d_gain, d_offset, {}, {}, {}, {}, {}};
  }
};

// Normalisation of each image over its channels and positions; `channel` holds per image and channel: mean, 1/σ, a, b of a·x + b.
class ImageNorm : public torch::autograd::Function<ImageNorm> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input, const at::Tensor& gain,
                            const at::Tensor& offset, double epsilon) {
    const auto x = input.contiguous(at::MemoryFormat::ChannelsLast);
    const int64_t images = x.size(0), c = x.size(1), values = x.numel() / images;
    auto channel = at::empty({images, 4, c}, x.options().memory_format(at::MemoryFormat::Contiguous));
    auto y = at::empty_like(x);
    const float* const data = x.data_ptr<float>();
    const float* const g = gain.data_ptr<float>();
    const float* const o = offset.data_ptr<float>();
    float* const constants = channel.data_ptr<float>();
    float* const result = y.data_ptr<float>();
    at::parallel_for(0, images, 1, [&](int64_t begin, int64_t end) {
      for (int64_t image = begin; image < end; ++image) {
        const float* const from = data + image * values;
        double sum, square;
        graft::moments(from, values, from[0], &sum, &square);  // near zero, or the variance loses precision
        const double apart = sum / values;
        const double mean = apart + from[0], inverse = 1 / std::sqrt(std::max(0.0, square / values - apart * apart) + epsilon);
        float* const m = constants + image * 4 * c;
        for (int64_t i = 0; i < c; ++i) {
          m[i] = static_cast<float>(mean);
          m[c + i] = static_cast<float>(inverse);
          m[2 * c + i] = static_cast<float>(g[i] * inverse);
          m[3 * c + i] = static_cast<float>(o[i] - mean * g[i] * inverse);
        }
        graft::affine_silu(from, values / c, c, m + 2 * c, m + 3 * c, false, result + image * values);
      }
    });
    context->save_for_backward({x, channel, gain});
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto& x = saved[0];
    const graft::Sliced dy(gradients[0]);
    const int64_t images = x.size(0), c = x.size(1), values = x.numel() / images, lines = values / c;
    const float* const data = x.data_ptr<float>();
    const float* const constants = saved[1].data_ptr<float>();
    const float* const g = saved[2].data_ptr<float>();
    auto dx = at::empty_like(x);
    float* const result = dx.data_ptr<float>();
    std::vector<double> sums(static_cast<size_t>(images * 2 * c), 0.0);
    const int64_t block = std::max<int64_t>(1, kBlockValues / c);
    at::parallel_for(0, images, 1, [&](int64_t begin, int64_t end) {
      std::vector<float> part(static_cast<size_t>(2 * c)), share(static_cast<size_t>(2 * c));
      for (int64_t image = begin; image < end; ++image) {
        const float* const m = constants + image * 4 * c;
        const float* const up = dy.data + image * lines * dy.pitch;
        double* const sum = sums.data() + image * 2 * c;
        for (int64_t line = 0; line < lines; line += block) {
          graft::gradient_sums(data + image * values + line * c, up + line * dy.pitch, dy.pitch, std::min(block, lines - line), c,
                               m, false, part.data(), part.data() + c);
          for (int64_t i = 0; i < 2 * c; ++i) sum[i] += part[i];
        }
        double first = 0, second = 0;
        for (int64_t i = 0; i < c; ++i) {
          first += g[i] * sum[i];
          second += g[i] * sum[c + i];
        }
        std::fill_n(share.begin(), c, static_cast<float>(m[c] * first / values));
        std::fill_n(share.begin() + c, c, static_cast<float>(m[c] * second / values));
        graft::gradient_inputs(data + image * values, up, dy.pitch, lines, c, m, share.data(), false, result + image * values);
      }
    });
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
};

bool dense(const at::Tensor& vector, int64_t channels) {
  return vector.scalar_type() == at::kFloat && vector.device().is_cpu() && vector.is_contiguous() &&
         vector.numel() == channels;
}

}  // namespace

graft_status graft_norm_silu(graft_tensor input, graft_tensor gain_handle, graft_tensor offset_handle,
                             graft_tensor mean_handle, graft_tensor variance_handle, double momentum, double epsilon,
                             int32_t activate, graft_tensor* result) {
  return guard([&] {
    *result = nullptr;
    const auto x = borrow(input);
    if (x.dim() != 4 || x.numel() == 0 || x.scalar_type() != at::kFloat || !x.device().is_cpu()) return;
    const auto gain = borrow(gain_handle), offset = borrow(offset_handle);
    const auto mean = borrow(mean_handle), variance = borrow(variance_handle);
    for (const auto& vector : {gain, offset, mean, variance})
      if (!dense(vector, x.size(1))) return;
    if (x.numel() == x.size(1)) return;  // one value per channel has no variance: libtorch reports it
    *result = give(NormSilu::apply(x, gain, offset, mean, variance, momentum, epsilon, activate != 0));
    mean.unsafeGetTensorImpl()->bump_version();
    variance.unsafeGetTensorImpl()->bump_version();
  });
}

graft_status graft_image_norm(graft_tensor input, graft_tensor gain_handle, graft_tensor offset_handle, double epsilon,
                              graft_tensor* result) {
  return guard([&] {
    *result = nullptr;
    const auto x = borrow(input);
    if (x.dim() != 4 || x.numel() == 0 || x.scalar_type() != at::kFloat || !x.device().is_cpu()) return;
    const auto gain = borrow(gain_handle), offset = borrow(offset_handle);
    if (!dense(gain, x.size(1)) || !dense(offset, x.size(1))) return;
    *result = give(ImageNorm::apply(x, gain, offset, epsilon));
  });
}
