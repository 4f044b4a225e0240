// Channels-last maps of float32 or bfloat16, and gradients that are read without a copy where they are slices of a wider map.
#pragma once
#include "kernels.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace graft {

inline bool is_map(const at::Tensor& x) {
  return x.dim() == 4 && x.numel() > 0 && x.device().is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16);
}

// The values of a tensor; bfloat16 as its bits.
template <typename T>
T* values(const at::Tensor& x) {
  return static_cast<T*>(x.data_ptr());
}

// Calls a function with a value of the type that a map's memory holds.
template <typename Body>
auto by_type(const at::Tensor& x, Body&& body) {
  return x.scalar_type() == at::kFloat ? body(float{}) : body(bfloat16{});
}

// Rows of channels in a piece of work.
inline int64_t block_rows(int64_t channels) {
  return std::max<int64_t>(1, kBlockValues / channels);
}

// A map as rows of channels; row `i` begins at data + i * pitch.
struct Sliced {
  at::Tensor map;
  int64_t pitch;

  explicit Sliced(const at::Tensor& given) : map(given), pitch(given.size(1)) {
    const int64_t step = given.stride(3), height = given.size(2), width = given.size(3);
    const bool rows = given.stride(1) == 1 && step >= given.size(1) && given.stride(2) == width * step &&
                      given.stride(0) == height * width * step;
    if (rows) {
      pitch = step;
    } else {
      map = given.contiguous(at::MemoryFormat::ChannelsLast);
    }
  }

  template <typename T>
  const T* row(int64_t index) const {
    return values<T>(map) + index * pitch;
  }
};

}  // namespace graft
