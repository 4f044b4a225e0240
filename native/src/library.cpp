#include "guard.h"

#include <ATen/Parallel.h>
#include <opencv2/core.hpp>
#include <torch/torch.h>

#include <malloc.h>

namespace graft {
static thread_local std::string last_error;

void remember(const char* message) noexcept {
  try {
    // ATen appends its C++ stack; users read the first part.
    std::string text = message;
    const auto stack = text.find("\nException raised from");
    last_error = stack == std::string::npos ? text : text.substr(0, stack);
  } catch (...) {
  }
}
}  // namespace graft

using graft::guard;

// Feature maps of a few megabytes are allocated and freed in every step: without this, glibc returns each to the system and
// the kernel clears its pages again, which costs more than many of the convolutions.
__attribute__((constructor)) static void keep_memory() {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

int32_t graft_abi(void) { return GRAFT_ABI; }

const char* graft_versions(void) {
  static const std::string text = std::string("libtorch ") + TORCH_VERSION + "; OpenCV " + CV_VERSION;
  return text.c_str();
}

const char* graft_last_error(void) { return graft::last_error.c_str(); }

graft_status graft_set_threads(int32_t threads) {
  return guard([&] {
    at::set_num_threads(threads);
    cv::setNumThreads(1);  // loader threads already use the cores; OpenCV's own pool would compete with them
  });
}

int32_t graft_get_threads(void) { return at::get_num_threads(); }

graft_status graft_seed(uint64_t seed) {
  return guard([&] { torch::manual_seed(seed); });
}
