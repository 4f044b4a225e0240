// libtorch's mixed precision on the CPU; its functions have other names in newer versions.
#pragma once
#include <ATen/autocast_mode.h>
#include <torch/version.h>

namespace graft {

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
inline bool in_autocast() { return at::autocast::is_autocast_enabled(at::kCPU); }
inline void set_autocast(bool enabled) { at::autocast::set_autocast_enabled(at::kCPU, enabled); }
#else
inline bool in_autocast() { return at::autocast::is_cpu_enabled(); }
inline void set_autocast(bool enabled) { at::autocast::set_cpu_enabled(enabled); }
#endif

}  // namespace graft
