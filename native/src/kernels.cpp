#include "kernels.h"

#include "scalars.h"

#include <algorithm>
#include <cstring>

// Levels of the x86-64 ABI: the fourth has the 16-bit instructions that bfloat16 in whole registers needs.
#if defined(__x86_64__) && defined(__GNUC__) && __GNUC__ >= 12 && !defined(__clang__)
#define GRAFT_PROCESSORS __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define GRAFT_PROCESSORS
#endif

namespace {

using namespace graft;

template <typename T>
GRAFT_INLINE void block_moments_of(const T* __restrict x, int64_t lines, int64_t channels, float* __restrict mean,
                                   float* __restrict squares) {
  std::fill_n(mean, channels, 0.0f);
  std::fill_n(squares, channels, 0.0f);
  for (int64_t line = 0; line < lines; ++line)
    for (int64_t i = 0; i < channels; ++i) mean[i] += get(x, line * channels + i);
  const float part = 1.0f / static_cast<float>(lines);
  for (int64_t i = 0; i < channels; ++i) mean[i] *= part;
  for (int64_t line = 0; line < lines; ++line)
    for (int64_t i = 0; i < channels; ++i) {
      const float apart = get(x, line * channels + i) - mean[i];
      squares[i] += apart * apart;
    }
}

template <typename T>
GRAFT_INLINE void affine_silu_of(const T* __restrict x, int64_t lines, int64_t channels, const float* __restrict a,
                                 const float* __restrict b, bool activate, T* __restrict y) {
  for (int64_t line = 0; line < lines; ++line) {
    const T* const in = x + line * channels;
    T* const out = y + line * channels;
    if (activate) {
      for (int64_t i = 0; i < channels; ++i) {
        const float z = a[i] * get(in, i) + b[i];
        put(out, i, z * sigmoid(z));
      }
    } else {
      for (int64_t i = 0; i < channels; ++i) put(out, i, a[i] * get(in, i) + b[i]);
    }
  }
}

template <typename T>
GRAFT_INLINE void silu_of(const T* __restrict x, int64_t count, T* __restrict y) {
  for (int64_t i = 0; i < count; ++i) put(y, i, get(x, i) * sigmoid(get(x, i)));
}

template <typename T>
GRAFT_INLINE void silu_gradient_of(const T* __restrict x, const T* __restrict dy, int64_t pitch, int64_t lines, int64_t channels,
                                   T* __restrict dx) {
  if (pitch == channels) {
    channels *= lines;
    lines = 1;
  }
  for (int64_t line = 0; line < lines; ++line) {
    const T* const in = x + line * channels;
    const T* const up = dy + line * pitch;
    T* const out = dx + line * channels;
    for (int64_t i = 0; i < channels; ++i) put(out, i, get(up, i) * slope(get(in, i)));
  }
}

template <typename T>
GRAFT_INLINE void gradient_sums_of(const T* __restrict x, const T* __restrict dy, int64_t pitch, int64_t lines, int64_t channels,
                                   const float* __restrict channel, bool activate, float* __restrict sums, float* __restrict products) {
  const float* const mean = channel;
  const float* const inverse = channel + channels;
  const float* const a = channel + 2 * channels;
  const float* const b = channel + 3 * channels;
  std::fill_n(sums, channels, 0.0f);
  std::fill_n(products, channels, 0.0f);
  for (int64_t line = 0; line < lines; ++line) {
    const T* const in = x + line * channels;
    const T* const up = dy + line * pitch;
    if (activate) {
      for (int64_t i = 0; i < channels; ++i) {
        const float value = get(in, i), dz = get(up, i) * slope(a[i] * value + b[i]);
        sums[i] += dz;
        products[i] += dz * (value - mean[i]) * inverse[i];
      }
    } else {
      for (int64_t i = 0; i < channels; ++i) {
        sums[i] += get(up, i);
        products[i] += get(up, i) * (get(in, i) - mean[i]) * inverse[i];
      }
    }
  }
}

template <typename T>
GRAFT_INLINE void gradient_inputs_of(const T* __restrict x, const T* __restrict dy, int64_t pitch, int64_t lines, int64_t channels,
                                     const float* __restrict channel, const float* __restrict share, bool activate, T* __restrict dx) {
  const float* const mean = channel;
  const float* const inverse = channel + channels;
  const float* const a = channel + 2 * channels;
  const float* const b = channel + 3 * channels;
  const float* const second = share + channels;
  for (int64_t line = 0; line < lines; ++line) {
    const T* const in = x + line * channels;
    const T* const up = dy + line * pitch;
    T* const out = dx + line * channels;
    if (activate) {
      for (int64_t i = 0; i < channels; ++i) {
        const float value = get(in, i), dz = get(up, i) * slope(a[i] * value + b[i]);
        put(out, i, a[i] * dz - share[i] - (value - mean[i]) * inverse[i] * second[i]);
      }
    } else {
      for (int64_t i = 0; i < channels; ++i)
        put(out, i, a[i] * get(up, i) - share[i] - (get(in, i) - mean[i]) * inverse[i] * second[i]);
    }
  }
}

template <typename T>
GRAFT_INLINE void sum_pixels_of(const T* __restrict upper, const T* __restrict lower, int64_t pitch, int64_t pixels, int64_t channels,
                                T* __restrict dx) {
  for (int64_t pixel = 0; pixel < pixels; ++pixel) {
    const T* const a = upper + 2 * pixel * pitch;
    const T* const b = lower + 2 * pixel * pitch;
    T* const out = dx + pixel * channels;
    for (int64_t i = 0; i < channels; ++i) put(out, i, (get(a, i) + get(a, pitch + i)) + (get(b, i) + get(b, pitch + i)));
  }
}

template <typename T>
GRAFT_INLINE void moments_of(const T* x, int64_t count, float from, double* sum, double* square) {
  *sum = *square = 0.0;
  for (int64_t i = 0; i < count;) {
    // Short runs in float lanes, summed in double.
    float s[16] = {}, q[16] = {};
    const int64_t run = std::min(count, i + 1024);
    for (; i + 16 <= run; i += 16)
      for (int lane = 0; lane < 16; ++lane) {
        const float value = get(x, i + lane) - from;
        s[lane] += value;
        q[lane] += value * value;
      }
    for (; i < run; ++i) {
      const float value = get(x, i) - from;
      s[0] += value;
      q[0] += value * value;
    }
    for (int lane = 0; lane < 16; ++lane) {
      *sum += s[lane];
      *square += q[lane];
    }
  }
}

template <typename T>
void double_pixels_of(const T* x, int64_t pixels, int64_t channels, T* y) {
  for (int64_t i = 0; i < pixels; ++i) {
    std::memcpy(y + 2 * i * channels, x + i * channels, sizeof(T) * channels);
    std::memcpy(y + (2 * i + 1) * channels, x + i * channels, sizeof(T) * channels);
  }
}

}  // namespace

namespace graft {

GRAFT_PROCESSORS
void block_moments(const float* __restrict x, int64_t lines, int64_t channels, float* __restrict mean, float* __restrict squares) {
  block_moments_of(x, lines, channels, mean, squares);
}

GRAFT_PROCESSORS
void block_moments(const bfloat16* __restrict x, int64_t lines, int64_t channels, float* __restrict mean, float* __restrict squares) {
  block_moments_of(x, lines, channels, mean, squares);
}

GRAFT_PROCESSORS
void moments(const float* __restrict x, int64_t count, float from, double* __restrict sum, double* __restrict square) {
  moments_of(x, count, from, sum, square);
}

GRAFT_PROCESSORS
void moments(const bfloat16* __restrict x, int64_t count, float from, double* __restrict sum, double* __restrict square) {
  moments_of(x, count, from, sum, square);
}

GRAFT_PROCESSORS
void affine_silu(const float* __restrict x, int64_t lines, int64_t channels, const float* __restrict a, const float* __restrict b,
                 bool activate, float* __restrict y) {
  affine_silu_of(x, lines, channels, a, b, activate, y);
}

GRAFT_PROCESSORS
void affine_silu(const bfloat16* __restrict x, int64_t lines, int64_t channels, const float* __restrict a, const float* __restrict b,
                 bool activate, bfloat16* __restrict y) {
  affine_silu_of(x, lines, channels, a, b, activate, y);
}

GRAFT_PROCESSORS
void silu(const float* __restrict x, int64_t count, float* __restrict y) { silu_of(x, count, y); }

GRAFT_PROCESSORS
void silu(const bfloat16* __restrict x, int64_t count, bfloat16* __restrict y) { silu_of(x, count, y); }

GRAFT_PROCESSORS
void silu_gradient(const float* __restrict x, const float* __restrict dy, int64_t pitch, int64_t lines, int64_t channels,
                   float* __restrict dx) {
  silu_gradient_of(x, dy, pitch, lines, channels, dx);
}

GRAFT_PROCESSORS
void silu_gradient(const bfloat16* __restrict x, const bfloat16* __restrict dy, int64_t pitch, int64_t lines, int64_t channels,
                   bfloat16* __restrict dx) {
  silu_gradient_of(x, dy, pitch, lines, channels, dx);
}

GRAFT_PROCESSORS
void gradient_sums(const float* __restrict x, const float* __restrict dy, int64_t pitch, int64_t lines, int64_t channels,
                   const float* __restrict channel, bool activate, float* __restrict sums, float* __restrict products) {
  gradient_sums_of(x, dy, pitch, lines, channels, channel, activate, sums, products);
}

GRAFT_PROCESSORS
void gradient_sums(const bfloat16* __restrict x, const bfloat16* __restrict dy, int64_t pitch, int64_t lines, int64_t channels,
                   const float* __restrict channel, bool activate, float* __restrict sums, float* __restrict products) {
  gradient_sums_of(x, dy, pitch, lines, channels, channel, activate, sums, products);
}

GRAFT_PROCESSORS
void gradient_inputs(const float* __restrict x, const float* __restrict dy, int64_t pitch, int64_t lines, int64_t channels,
                     const float* __restrict channel, const float* __restrict share, bool activate, float* __restrict dx) {
  gradient_inputs_of(x, dy, pitch, lines, channels, channel, share, activate, dx);
}

GRAFT_PROCESSORS
void gradient_inputs(const bfloat16* __restrict x, const bfloat16* __restrict dy, int64_t pitch, int64_t lines, int64_t channels,
                     const float* __restrict channel, const float* __restrict share, bool activate, bfloat16* __restrict dx) {
  gradient_inputs_of(x, dy, pitch, lines, channels, channel, share, activate, dx);
}

GRAFT_PROCESSORS
void sum_pixels(const float* __restrict upper, const float* __restrict lower, int64_t pitch, int64_t pixels, int64_t channels,
                float* __restrict dx) {
  sum_pixels_of(upper, lower, pitch, pixels, channels, dx);
}

GRAFT_PROCESSORS
void sum_pixels(const bfloat16* __restrict upper, const bfloat16* __restrict lower, int64_t pitch, int64_t pixels, int64_t channels,
                bfloat16* __restrict dx) {
  sum_pixels_of(upper, lower, pitch, pixels, channels, dx);
}

void double_pixels(const float* __restrict x, int64_t pixels, int64_t channels, float* __restrict y) {
  double_pixels_of(x, pixels, channels, y);
}

void double_pixels(const bfloat16* __restrict x, int64_t pixels, int64_t channels, bfloat16* __restrict y) {
  double_pixels_of(x, pixels, channels, y);
}

}  // namespace graft
