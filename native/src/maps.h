// Gradients of channels-last maps, read without a copy where they are slices of a wider map.
#pragma once
#include <ATen/ATen.h>

namespace graft {

// A map of float32 as rows of channels; row `i` begins at data + i * pitch.
struct Sliced {
  at::Tensor map;
  const float* data;
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
    data = map.data_ptr<float>();
  }
};

}  // namespace graft
