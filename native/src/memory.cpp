// How much memory tensors hold at most, counted at libtorch's allocator.
#include "guard.h"

#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>
#include <torch/torch.h>

#include <algorithm>
#include <memory>

using graft::guard;

namespace {

#if TORCH_VERSION_MAJOR >= 2
using Total = size_t;
#else
using Total = int64_t;
#endif

// Allocations of the thread that created it, and of backward passes that this thread starts.
class Meter : public c10::MemoryReportingInfoBase {
 public:
  void reportMemoryUsage(void*, int64_t size, Total, Total, c10::Device) override {
    now_ += size;
    peak_ = std::max(peak_, now_);
  }

  bool memoryProfilingEnabled() const override { return true; }

  int64_t peak() const { return peak_; }

 private:
  int64_t now_ = 0, peak_ = 0;
};

struct Watch {
  std::shared_ptr<Meter> meter = std::make_shared<Meter>();
  c10::DebugInfoGuard guard{c10::DebugInfoKind::PROFILER_STATE, meter};
};

}  // namespace

graft_status graft_memory_watch(graft_watch* watch) {
  return guard([&] { *watch = new Watch(); });
}

int64_t graft_memory_peak(graft_watch watch) { return static_cast<Watch*>(watch)->meter->peak(); }

void graft_memory_unwatch(graft_watch watch) { delete static_cast<Watch*>(watch); }
