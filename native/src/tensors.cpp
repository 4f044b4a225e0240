// Tensors from and to memory, and autograd.
#include "autocast.h"
#include "guard.h"
#include "handles.h"

#include <torch/torch.h>

#include <cstring>

using graft::borrow;
using graft::give;
using graft::guard;
using graft::look;

void graft_tensor_free(graft_tensor tensor) {
  if (tensor != nullptr) c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(&look(tensor));
}

graft_status graft_tensor_copy_from(const void* data, const int64_t* shape, int32_t rank, int32_t dtype,
                                    graft_tensor* tensor) {
  return guard([&] {
    auto made = at::empty(c10::IntArrayRef(shape, static_cast<size_t>(rank)),
                          at::TensorOptions().dtype(static_cast<c10::ScalarType>(dtype)));
    if (made.nbytes() > 0) std::memcpy(made.data_ptr(), data, made.nbytes());
    *tensor = give(std::move(made));
  });
}

graft_status graft_tensor_copy_to(graft_tensor tensor, void* data, int64_t bytes) {
  return guard([&] {
    const auto source = borrow(tensor).detach().to(at::kCPU).contiguous();
    TORCH_CHECK(static_cast<int64_t>(source.nbytes()) == bytes, "the tensor has ", source.nbytes(),
                " bytes, the target ", bytes);
    if (bytes > 0) std::memcpy(data, source.data_ptr(), source.nbytes());
  });
}

int32_t graft_tensor_rank(graft_tensor tensor) { return static_cast<int32_t>(look(tensor).dim()); }

int32_t graft_tensor_dtype(graft_tensor tensor) {
  return static_cast<int32_t>(c10::typeMetaToScalarType(look(tensor).dtype()));
}

void graft_tensor_shape(graft_tensor tensor, int64_t* shape) {
  const auto sizes = look(tensor).sizes();
  std::copy(sizes.begin(), sizes.end(), shape);
}

void graft_tensor_strides(graft_tensor tensor, int64_t* strides) {
  const auto steps = look(tensor).strides();
  std::copy(steps.begin(), steps.end(), strides);
}

void* graft_tensor_data(graft_tensor tensor) { return borrow(tensor).data_ptr(); }

graft_status graft_tensor_touch(graft_tensor tensor) {
  return guard([&] { graft::look(tensor).bump_version(); });
}

graft_status graft_tensor_device(graft_tensor tensor, char* text, int32_t capacity) {
  return guard([&] {
    const auto name = borrow(tensor).device().str();
    TORCH_CHECK(static_cast<int32_t>(name.size()) < capacity, "device name too long");
    std::memcpy(text, name.c_str(), name.size() + 1);
  });
}

int32_t graft_tensor_is_contiguous(graft_tensor tensor, int32_t memory_format) {
  return look(tensor).is_contiguous(static_cast<c10::MemoryFormat>(memory_format)) ? 1 : 0;
}

int32_t graft_set_autocast(int32_t enabled) {
  const bool before = graft::in_autocast();
  graft::set_autocast(enabled != 0);
  if (before && enabled == 0) at::autocast::clear_cache();  // of weights in bfloat16, which the next step changes
  return before;
}

graft_status graft_backward(graft_tensor root, graft_tensor gradient, int32_t keep_graph) {
  return guard([&] {
    borrow(root).backward(gradient == nullptr ? at::Tensor() : borrow(gradient), keep_graph != 0);
  });
}

graft_status graft_grad(graft_tensor tensor, graft_tensor* gradient) {
  return guard([&] {
    const auto found = borrow(tensor).grad();
    *gradient = found.defined() ? give(found) : nullptr;
  });
}

graft_status graft_set_grad(graft_tensor tensor, graft_tensor gradient) {
  return guard([&] { borrow(tensor).mutable_grad() = gradient == nullptr ? at::Tensor() : borrow(gradient); });
}

graft_status graft_set_requires_grad(graft_tensor tensor, int32_t required) {
  return guard([&] {
    const auto t = borrow(tensor);
    TORCH_CHECK(required != 0 || t.is_leaf(), "gradients can be switched off for leaf tensors only; detach this result");
    t.set_requires_grad(required != 0);
  });
}

int32_t graft_requires_grad(graft_tensor tensor) { return borrow(tensor).requires_grad() ? 1 : 0; }

int32_t graft_set_grad_mode(int32_t enabled) {
  const bool before = c10::GradMode::is_enabled();
  c10::GradMode::set_enabled(enabled != 0);
  return before ? 1 : 0;
}
