// What loops over maps do with one value: always inlined, so that each loop is compiled for its own processors.
#pragma once
#include <cstdint>
#include <cstring>

#define GRAFT_INLINE inline __attribute__((always_inline))

namespace graft {

// e^x to about 1e-7 relative, branch-free so that it vectorises: 2^n from the exponent bits, the rest by its series.
GRAFT_INLINE float exponential(float x) {
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

GRAFT_INLINE float sigmoid(float x) { return 1.0f / (1.0f + exponential(-x)); }

GRAFT_INLINE float slope(float z) {
  const float s = sigmoid(z);
  return s * (1.0f + z * (1.0f - s));
}

GRAFT_INLINE float get(const float* values, int64_t i) { return values[i]; }

GRAFT_INLINE float get(const uint16_t* values, int64_t i) {
  const uint32_t bits = static_cast<uint32_t>(values[i]) << 16;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

GRAFT_INLINE void put(float* values, int64_t i, float value) { values[i] = value; }

// To the nearest, ties to even.
GRAFT_INLINE void put(uint16_t* values, int64_t i, float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  values[i] = static_cast<uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

}  // namespace graft
