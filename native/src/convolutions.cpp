// Convolution units for inference: oneDNN primitives whose weights are packed once, with bias and SiLU applied while the
// result is still in registers.
#include "guard.h"
#include "handles.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#ifdef GRAFT_ONEDNN
#include <oneapi/dnnl/dnnl.hpp>
#endif

using graft::borrow;
using graft::give;
using graft::guard;

#ifdef GRAFT_ONEDNN
namespace {

using dnnl::memory;

constexpr size_t kShapesKept = 16;  // a plan clears its cached input shapes beyond this number

const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

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

struct Prepared {
  std::vector<int64_t> key;  // input shape, threads, activation
  dnnl::convolution_forward::primitive_desc description;
  dnnl::convolution_forward primitive;
  memory weights;
};

struct Plan {
  std::mutex lock;
  std::vector<Seen> seen;
  std::vector<std::shared_ptr<Prepared>> prepared;
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

std::shared_ptr<Prepared> prepare(const Plan& plan, std::vector<int64_t> key, const at::Tensor& input,
                                  const std::vector<int64_t>& output, const Parts& parts, const graft_unit& unit) {
  const auto type = memory::data_type::f32;
  memory::dims shape = parts.weight.sizes().vec();
  auto tag = memory::format_tag::oihw;
  if (unit.groups > 1) {
    shape[0] /= unit.groups;
    shape.insert(shape.begin(), unit.groups);
    tag = memory::format_tag::goihw;
  }
  const memory::desc source({input.sizes().vec(), type, memory::format_tag::nhwc});
  const memory::desc target({output, type, memory::format_tag::nhwc});
  const memory::desc free_weights({shape, type, memory::format_tag::any});
  const memory::desc bias =
      parts.bias.defined() ? memory::desc({{parts.bias.size(0)}, type, memory::format_tag::x}) : memory::desc();
  const memory::dims stride{unit.stride, unit.stride}, padding{unit.padding, unit.padding},
      dilation{unit.dilation - 1, unit.dilation - 1};
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  dnnl::post_ops after;
  if (unit.activate != 0) after.append_eltwise(1.0f, dnnl::algorithm::eltwise_swish, 1.0f, 0.0f);
  if (parts.added.defined()) after.append_binary(dnnl::algorithm::binary_add, target);
  attributes.set_post_ops(after);
  auto made = std::make_shared<Prepared>();
  made->key = std::move(key);
  made->description = dnnl::convolution_forward::primitive_desc(
      {dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, source, free_weights, bias, target,
       stride, dilation, padding, padding},
      attributes, cpu());
  made->primitive = dnnl::convolution_forward(made->description);
  for (const auto& other : plan.prepared) {
    if (other->description.weights_desc() == made->description.weights_desc()) {
      made->weights = other->weights;
      return made;
    }
  }
  const auto dense = parts.weight.contiguous();
  memory plain({shape, type, tag}, cpu(), dense.data_ptr());
  made->weights = memory(made->description.weights_desc(), cpu());
  dnnl::stream stream(cpu());
  dnnl::reorder(plain, made->weights).execute(stream, plain, made->weights);
  stream.wait();
  return made;
}

std::vector<int64_t> output_shape(const at::Tensor& input, const at::Tensor& weight, const graft_unit& unit) {
  std::vector<int64_t> shape{input.size(0), weight.size(0), 0, 0};
  for (int axis = 2; axis < 4; ++axis) {
    const int64_t reach = static_cast<int64_t>(unit.dilation) * (weight.size(axis) - 1) + 1;
    shape[axis] = (input.size(axis) + 2 * unit.padding - reach) / unit.stride + 1;
  }
  return shape;
}

at::Tensor run(Plan& plan, const at::Tensor& given, const Parts& parts, const graft_unit& unit) {
  const auto input = given.contiguous(at::MemoryFormat::ChannelsLast);
  const auto shape = output_shape(input, parts.weight, unit);
  // oneDNN partitions the work when a primitive is created, so the number of threads belongs to the key.
  std::vector<int64_t> key = input.sizes().vec();
  key.push_back(at::get_num_threads());
  key.push_back(unit.activate);
  key.push_back(parts.added.defined());
  std::shared_ptr<Prepared> prepared;
  {
    const std::lock_guard<std::mutex> lock(plan.lock);
    const bool same = plan.seen.size() == parts.given.size() &&
                      std::equal(plan.seen.begin(), plan.seen.end(), parts.given.begin(),
                                 [](const Seen& seen, const at::Tensor& tensor) { return seen.is(tensor); });
    if (!same) {
      plan.prepared.clear();
      plan.seen.clear();
      for (const auto& tensor : parts.given) plan.seen.emplace_back(tensor);
    }
    const auto found = std::find_if(plan.prepared.begin(), plan.prepared.end(),
                                    [&](const std::shared_ptr<Prepared>& made) { return made->key == key; });
    if (found != plan.prepared.end()) {
      prepared = *found;
    } else {
      prepared = prepare(plan, std::move(key), input, shape, parts, unit);
      if (plan.prepared.size() >= kShapesKept) plan.prepared.clear();
      plan.prepared.push_back(prepared);
    }
  }
  auto result = at::empty(shape, input.options().memory_format(at::MemoryFormat::ChannelsLast));
  const auto scratch_bytes = static_cast<int64_t>(prepared->description.scratchpad_desc().get_size());
  auto scratch = at::empty({scratch_bytes}, at::kByte);
  static thread_local dnnl::stream stream(cpu());
  std::unordered_map<int, memory> arguments{
      {DNNL_ARG_SRC, memory(prepared->description.src_desc(), cpu(), input.data_ptr())},
      {DNNL_ARG_WEIGHTS, prepared->weights},
      {DNNL_ARG_DST, memory(prepared->description.dst_desc(), cpu(), result.data_ptr())},
      {DNNL_ARG_SCRATCHPAD, memory(prepared->description.scratchpad_desc(), cpu(), scratch.data_ptr())}};
  const auto bias = parts.bias.defined() ? parts.bias.contiguous() : at::Tensor();
  if (bias.defined())
    arguments.emplace(DNNL_ARG_BIAS, memory(prepared->description.bias_desc(), cpu(), bias.data_ptr()));
  const auto added = parts.added.defined() ? parts.added.contiguous(at::MemoryFormat::ChannelsLast) : at::Tensor();
  if (added.defined())
    arguments.emplace(DNNL_ARG_ATTR_MULTIPLE_POST_OP(unit.activate != 0 ? 1 : 0) | DNNL_ARG_SRC_1,
                      memory(prepared->description.dst_desc(), cpu(), added.data_ptr()));
  prepared->primitive.execute(stream, arguments);
  stream.wait();
  return result;
}

bool needs_gradient(const at::Tensor& input, const Parts& parts) {
  return at::GradMode::is_enabled() &&
         (input.requires_grad() || std::any_of(parts.given.begin(), parts.given.end(),
                                               [](const at::Tensor& tensor) { return tensor.requires_grad(); }));
}

bool serves(const at::Tensor& input, const Parts& parts, const graft_unit& unit) {
  if (parts.added.defined()) {
    const at::Tensor& added = parts.added;
    if (added.scalar_type() != at::kFloat || !added.device().is_cpu() || (at::GradMode::is_enabled() && added.requires_grad()) ||
        added.sizes().vec() != output_shape(input, parts.weight, unit))
      return false;
  }
  return !needs_gradient(input, parts) && input.dim() == 4 && input.numel() > 0 && input.scalar_type() == at::kFloat && input.device().is_cpu() &&
         parts.plain() && parts.weight.dim() == 4 && input.size(1) == parts.weight.size(1) * unit.groups;
}

}  // namespace
#endif

graft_status graft_plan_create(graft_plan* plan) {
  return guard([&] {
#ifdef GRAFT_ONEDNN
    *plan = new Plan();
#else
    *plan = nullptr;
#endif
  });
}

void graft_plan_free(graft_plan plan) {
#ifdef GRAFT_ONEDNN
  delete static_cast<Plan*>(plan);
#else
  (void)plan;
#endif
}

graft_status graft_plan_run(graft_plan plan, graft_tensor input, graft_tensor weight, graft_tensor bias,
                            graft_tensor added, const graft_unit* unit, graft_tensor* result) {
  return guard([&] {
    *result = nullptr;
#ifdef GRAFT_ONEDNN
    const Parts parts(weight, bias, added);
    const auto map = borrow(input);
    if (!serves(map, parts, *unit)) return;
    const c10::AutoGradMode no_grad(false);
    *result = give(run(*static_cast<Plan*>(plan), map, parts, *unit));
#else
    (void)plan;
    (void)input;
    (void)weight;
    (void)bias;
    (void)added;
    (void)unit;
#endif
  });
}
