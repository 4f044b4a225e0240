// A tensor handle is one owned reference to a TensorImpl.
#pragma once
#include "graft.h"

#include <ATen/core/Tensor.h>

namespace graft {

inline c10::TensorImpl& look(graft_tensor handle) { return *static_cast<c10::TensorImpl*>(handle); }

inline at::Tensor borrow(graft_tensor handle) {
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(&look(handle)));
}

inline graft_tensor give(at::Tensor tensor) { return tensor.unsafeReleaseTensorImpl(); }

}  // namespace graft
