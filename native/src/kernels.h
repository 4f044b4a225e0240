// Inner loops over rows of channels, compiled for several processors; the matching version is chosen at load. Maps are float32 or
// bfloat16, given as its bits; sums and everything in between are float32.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace graft {

using bfloat16 = uint16_t;

// Values of a piece of work; 64 KB in float32, so that a second pass over it reads it from a near cache.
constexpr int64_t kBlockValues = 1 << 14;

// Mean of each channel over `lines` rows, and the sum of squared distances from it.
void block_moments(const float* x, int64_t lines, int64_t channels, float* mean, float* squares);

// Σ (x − from) and Σ (x − from)², in double.
void moments(const float* x, int64_t count, float from, double* sum, double* square);

// y = silu(a·x + b), or a·x + b.
void affine_silu(const float* x, int64_t lines, int64_t channels, const float* a, const float* b, bool activate, float* y);

// y = silu(x).
void silu(const float* x, int64_t count, float* y);

// In what follows a row of dy begins `pitch` values after the one before: it may be a slice of the channels of a wider map.

// dx = dy·silu'(x).
void silu_gradient(const float* x, const float* dy, int64_t pitch, int64_t lines, int64_t channels, float* dx);

// Σ dz and Σ dz·x̂ of each channel; `channel` holds mean, 1/σ, a, b one after the other.
void gradient_sums(const float* x, const float* dy, int64_t pitch, int64_t lines, int64_t channels, const float* channel,
                   bool activate, float* sums, float* products);

// dx = a·dz − s₁ − x̂·s₂; `share` holds s₁, then s₂.
void gradient_inputs(const float* x, const float* dy, int64_t pitch, int64_t lines, int64_t channels, const float* channel,
                     const float* share, bool activate, float* dx);

// A row of pixels whose neighbours are equal in pairs: each pixel of x twice, and the sum over the pairs of two such rows.
void double_pixels(const float* x, int64_t pixels, int64_t channels, float* y);
void sum_pixels(const float* upper, const float* lower, int64_t pitch, int64_t pixels, int64_t channels, float* dx);

void block_moments(const bfloat16* x, int64_t lines, int64_t channels, float* mean, float* squares);
void moments(const bfloat16* x, int64_t count, float from, double* sum, double* square);
void affine_silu(const bfloat16* x, int64_t lines, int64_t channels, const float* a, const float* b, bool activate, bfloat16* y);
void silu(const bfloat16* x, int64_t count, bfloat16* y);
void silu_gradient(const bfloat16* x, const bfloat16* dy, int64_t pitch, int64_t lines, int64_t channels, bfloat16* dx);
void gradient_sums(const bfloat16* x, const bfloat16* dy, int64_t pitch, int64_t lines, int64_t channels, const float* channel,
                   bool activate, float* sums, float* products);
void gradient_inputs(const bfloat16* x, const bfloat16* dy, int64_t pitch, int64_t lines, int64_t channels, const float* channel,
                     const float* share, bool activate, bfloat16* dx);
void double_pixels(const bfloat16* x, int64_t pixels, int64_t channels, bfloat16* y);
void sum_pixels(const bfloat16* upper, const bfloat16* lower, int64_t pitch, int64_t pixels, int64_t channels, bfloat16* dx);

// Adds `count` rows with the mean and the sum of squared distances of each channel to those of `seen` rows (Chan et al. 1979).
template <typename T>
void add_moments(double seen, double count, const T* part_mean, const T* part_squares, std::vector<double>& mean,
                 std::vector<double>& squares) {
  const double share = count / (seen + count), both = share * seen;
  for (std::size_t i = 0; i < mean.size(); ++i) {
    const double apart = part_mean[i] - mean[i];
    mean[i] += apart * share;
    squares[i] += part_squares[i] + apart * apart * both;
  }
}

}  // namespace graft
