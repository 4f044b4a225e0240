#include "kernels.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define GRAFT_PROCESSORS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define GRAFT_PROCESSORS
#endif

namespace {

// e^x to about 1e-7 relative, branch-free so that it vectorises: 2^n from the exponent bits, the rest by its series.
inline __attribute__((always_inline)) float exponential(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  const float rounder = 12582912.0f;  // 1.5·2²³: adding it leaves the nearest integer in the low bits
  const float shifted = x * 1.44269504f + rounder;
  uint32_t bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  const float n = shifted - rounder;
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;  // ln 2 in two parts
  float p = 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const uint32_t power = (bits << 23) + 0x3f800000u;
  float scale;
  std::memcpy(&scale, &power, sizeof scale);
  return p * scale;
}

inline __attribute__((always_inline)) float sigmoid(float x) { return 1.0f / (1.0f + exponential(-x)); }

inline __attribute__((always_inline)) float slope(float z) {
  const float s = sigmoid(z);
  return s * (1.0f + z * (1.0f - s));
}

}  // namespace

namespace graft {

GRAFT_PROCESSORS
void block_moments(const float* __restrict x, int64_t lines, int64_t channels, float* __restrict mean,
                   float* __restrict squares) {
  std::fill_n(mean, channels, 0.0f);
  std::fill_n(squares, channels, 0.0f);
  for (int64_t line = 0; line < lines; ++line)
    for (int64_t i = 0; i < channels; ++i) mean[i] += x[line * channels + i];
  const float part = 1.0f / static_cast<float>(lines);
  for (int64_t i = 0; i < channels; ++i) mean[i] *= part;
  for (int64_t line = 0; line < lines; ++line)
    for (int64_t i = 0; i < channels; ++i) {
      const float apart = x[line * channels + i] - mean[i];
      squares[i] += apart * apart;
    }
}

GRAFT_PROCESSORS
void affine_silu(const float* __restrict x, int64_t lines, int64_t channels, const float* __restrict a,
                 const float* __restrict b, bool activate, float* __restrict y) {
  for (int64_t line = 0; line < lines; ++line) {
    const float* const in = x + line * channels;
    float* const out = y + line * channels;
    if (activate) {
      for (int64_t i = 0; i < channels; ++i) {
        const float z = a[i] * in[i] + b[i];
        out[i] = z * sigmoid(z);
      }
    } else {
      for (int64_t i = 0; i < channels; ++i) out[i] = a[i] * in[i] + b[i];
    }
  }
}

GRAFT_PROCESSORS
void silu(const float* __restrict x, int64_t count, float* __restrict y) {
  for (int64_t i = 0; i < count; ++i) y[i] = x[i] * sigmoid(x[i]);
}

GRAFT_PROCESSORS
void silu_gradient(const float* __restrict x, const float* __restrict dy, int64_t pitch, int64_t lines, int64_t channels,
                   float* __restrict dx) {
  if (pitch == channels) {
    channels *= lines;
    lines = 1;
  }
  for (int64_t line = 0; line < lines; ++line) {
    const float* const in = x + line * channels;
    const float* const up = dy + line * pitch;
    float* const out = dx + line * channels;
    for (int64_t i = 0; i < channels; ++i) out[i] = up[i] * slope(in[i]);
  }
}

void double_pixels(const float* x, int64_t pixels, int64_t channels, float* y) {
  for (int64_t i = 0; i < pixels; ++i) {
    std::memcpy(y + 2 * i * channels, x + i * channels, sizeof(float) * channels);
    std::memcpy(y + (2 * i + 1) * channels, x + i * channels, sizeof(float) * channels);
  }
}

GRAFT_PROCESSORS
void sum_pixels(const float* __restrict upper, const float* __restrict lower, int64_t pitch, int64_t pixels, int64_t channels,
                float* __restrict dx) {
  for (int64_t pixel = 0; pixel < pixels; ++pixel) {
    const float* const a = upper + 2 * pixel * pitch;
    const float* const b = lower + 2 * pixel * pitch;
    float* const out = dx + pixel * channels;
    for (int64_t i = 0; i < channels; ++i) out[i] = (a[i] + a[pitch + i]) + (b[i] + b[pitch + i]);
  }
}

GRAFT_PROCESSORS
void gradient_sums(const float* __restrict x, const float* __restrict dy, int64_t pitch, int64_t lines, int64_t channels,
                   const float* __restrict channel, bool activate, float* __restrict sums, float* __restrict products) {
  const float* const mean = channel;
  const float* const inverse = channel + channels;
  const float* const a = channel + 2 * channels;
  const float* const b = channel + 3 * channels;
  std::fill_n(sums, channels, 0.0f);
  std::fill_n(products, channels, 0.0f);
  for (int64_t line = 0; line < lines; ++line) {
    const float* const in = x + line * channels;
    const float* const up = dy + line * pitch;
    if (activate) {
      for (int64_t i = 0; i < channels; ++i) {
        const float dz = up[i] * slope(a[i] * in[i] + b[i]);
        sums[i] += dz;
        products[i] += dz * (in[i] - mean[i]) * inverse[i];
      }
    } else {
      for (int64_t i = 0; i < channels; ++i) {
        sums[i] += up[i];
        products[i] += up[i] * (in[i] - mean[i]) * inverse[i];
      }
    }
  }
}

GRAFT_PROCESSORS
void gradient_inputs(const float* __restrict x, const float* __restrict dy, int64_t pitch, int64_t lines, int64_t channels,
                     const float* __restrict channel, const float* __restrict share, bool activate,
                     float* __restrict dx) {
  const float* const mean = channel;
  const float* const inverse = channel + channels;
  const float* const a = channel + 2 * channels;
  const float* const b = channel + 3 * channels;
  const float* const second = share + channels;
  for (int64_t line = 0; line < lines; ++line) {
    const float* const in = x + line * channels;
    const float* const up = dy + line * pitch;
    float* const out = dx + line * channels;
    if (activate) {
      for (int64_t i = 0; i < channels; ++i) {
        const float dz = up[i] * slope(a[i] * in[i] + b[i]);
        out[i] = a[i] * dz - share[i] - (in[i] - mean[i]) * inverse[i] * second[i];
      }
    } else {
      for (int64_t i = 0; i < channels; ++i)
        out[i] = a[i] * up[i] - share[i] - (in[i] - mean[i]) * inverse[i] * second[i];
    }
  }
}

GRAFT_PROCESSORS
void moments(const float* x, int64_t count, float from, double* sum, double* square) {
  *sum = *square = 0.0;
  for (int64_t i = 0; i < count;) {
    // Short runs in float lanes, summed in double.
    float s[16] = {}, q[16] = {};
    const int64_t run = std::min(count, i + 1024);
    for (; i + 16 <= run; i += 16)
      for (int lane = 0; lane < 16; ++lane) {
        const float value = x[i + lane] - from;
        s[lane] += value;
        q[lane] += value * value;
      }
    for (; i < run; ++i) {
      s[0] += x[i] - from;
      q[0] += (x[i] - from) * (x[i] - from);
    }
    for (int lane = 0; lane < 16; ++lane) {
      *sum += s[lane];
      *square += q[lane];
    }
  }
}

}  // namespace graft
