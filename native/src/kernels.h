// Inner loops over rows of channels, compiled for several processors; the matching version is chosen at load.
#pragma once
#include <cstdint>

namespace graft {

// Mean of each channel over `lines` rows, and the sum of squared distances from it.
void block_moments(const float* x, int64_t lines, int64_t channels, float* mean, float* squares);

// Σ (x − from) and Σ (x − from)², in double.
void moments(const float* x, int64_t count, float from, double* sum, double* square);

// y = silu(a·x + b), or a·x + b.
void affine_silu(const float* x, int64_t lines, int64_t channels, const float* a, const float* b, bool activate, float* y);

// Σ dz and Σ dz·x̂ of each channel; `channel` holds mean, 1/σ, a, b one after the other.
void gradient_sums(const float* x, const float* dy, int64_t lines, int64_t channels, const float* channel, bool activate,
                   float* sums, float* products);

// dx = a·(dz − s₁ − x̂·s₂); `share` holds s₁, then s₂.
void gradient_inputs(const float* x, const float* dy, int64_t lines, int64_t channels, const float* channel,
                     const float* share, bool activate, float* dx);

}  // namespace graft
