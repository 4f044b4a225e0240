// oneDNN primitives of a convolution whose weights do not change, with the weights packed once.
#pragma once
#include "graft.h"
#include "handles.h"

#include <ATen/ATen.h>
#include <oneapi/dnnl/dnnl.hpp>

#include <algorithm>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace graft::convolution {

using dnnl::memory;

const dnnl::engine& cpu();

// The state of a tensor when it was packed. The weak reference keeps its address from being reused.
struct Seen {
  c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl> tensor;
  const void* data;
  int64_t version;

  explicit Seen(const at::Tensor& value)
      : tensor(value.getIntrusivePtr()), data(value.data_ptr()), version(value._version()) {}

  bool is(const at::Tensor& value) const {
    return tensor._unsafe_get_target() == value.unsafeGetTensorImpl() && data == value.data_ptr() &&
           version == value._version();
  }
};

template <typename Primitive>
struct Prepared {
  std::vector<int64_t> key;  // input shape and type, threads, activation
  typename Primitive::primitive_desc description;
  Primitive primitive;
  memory weights;
};

using Forward = Prepared<dnnl::convolution_forward>;
using Backward = Prepared<dnnl::convolution_backward_data>;

template <typename Kind>
using Cache = std::vector<std::shared_ptr<Kind>>;

struct Plan {
  std::mutex lock;
  std::vector<Seen> seen;
  Cache<Forward> forward;
  Cache<Backward> backward;
};

struct Parts {
  at::Tensor weight, bias, added;
  std::vector<at::Tensor> given;  // what the packed weights depend on

  Parts(graft_tensor weight_handle, graft_tensor bias_handle, graft_tensor added_handle) : weight(borrow(weight_handle)) {
    given.push_back(weight);
    if (bias_handle != nullptr) given.push_back(bias = borrow(bias_handle));
    if (added_handle != nullptr) added = borrow(added_handle);
  }

  bool plain() const {
    return std::all_of(given.begin(), given.end(), [](const at::Tensor& tensor) {
      return tensor.scalar_type() == at::kFloat && tensor.device().is_cpu() && tensor.layout() == at::kStrided;
    });
  }
};

// The shapes of a convolution in oneDNN's words; maps are channels-last, and weights in the order that oneDNN likes best.
struct Geometry {
  memory::dims shape, stride, padding, dilation;
  memory::format_tag tag = memory::format_tag::oihw;
  memory::desc source, target, weights, bias;

  Geometry(const at::Tensor& input, const std::vector<int64_t>& output, const Parts& parts, const graft_unit& unit)
      : shape(parts.weight.sizes().vec()),
        stride{unit.stride, unit.stride},
        padding{unit.padding, unit.padding},
        dilation{unit.dilation - 1, unit.dilation - 1} {
    const auto type = input.scalar_type() == at::kFloat ? memory::data_type::f32 : memory::data_type::bf16;
    if (unit.groups > 1) {
      shape[0] /= unit.groups;
      shape.insert(shape.begin(), unit.groups);
      tag = memory::format_tag::goihw;
    }
    source = memory::desc({input.sizes().vec(), type, memory::format_tag::nhwc});
    target = memory::desc({output, type, memory::format_tag::nhwc});
    weights = memory::desc({shape, type, memory::format_tag::any});
    if (parts.bias.defined()) bias = memory::desc({{parts.bias.size(0)}, memory::data_type::f32, memory::format_tag::x});
  }
};

// Runs a primitive with its packed weights and fresh scratch memory; libtorch's allocator keeps that memory.
template <typename Kind>
void execute(const Kind& prepared, std::unordered_map<int, memory> arguments) {
  auto scratch = at::empty({static_cast<int64_t>(prepared.description.scratchpad_desc().get_size())}, at::kByte);
  arguments.emplace(DNNL_ARG_WEIGHTS, prepared.weights);
  arguments.emplace(DNNL_ARG_SCRATCHPAD, memory(prepared.description.scratchpad_desc(), cpu(), scratch.data_ptr()));
  static thread_local dnnl::stream stream(cpu());
  prepared.primitive.execute(stream, arguments);
  stream.wait();
}

// What a unit computes with, found in its plan or prepared.
struct Ready {
  std::shared_ptr<Forward> forward;
  std::shared_ptr<Backward> backward;  // null without a graph
};

std::vector<int64_t> output_shape(const at::Tensor& input, const at::Tensor& weight, const graft_unit& unit);

// Finds or prepares the primitives of a plan for an input; packs again when a weight was replaced or changed in place.
Ready ready(Plan& plan, const at::Tensor& input, const std::vector<int64_t>& output, const Parts& parts, const graft_unit& unit,
            bool graph);

}  // namespace graft::convolution
