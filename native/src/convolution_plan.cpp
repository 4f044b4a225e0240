#ifdef GRAFT_ONEDNN
#include "convolution_plan.h"

#include <ATen/Parallel.h>

namespace graft::convolution {
namespace {

constexpr size_t kShapesKept = 16;  // a plan clears its cached input shapes beyond this number

template <typename Kind>
std::shared_ptr<Kind> find(const Cache<Kind>& cache, const std::vector<int64_t>& key) {
  const auto found = std::find_if(cache.begin(), cache.end(), [&](const std::shared_ptr<Kind>& made) { return made->key == key; });
  return found == cache.end() ? nullptr : *found;
}

// Packs the weights for a primitive, or takes those of another input shape that are packed alike, and adds it to the cache.
template <typename Kind>
void keep(Cache<Kind>& cache, const std::shared_ptr<Kind>& made, const Geometry& geometry, const at::Tensor& weight) {
  for (const auto& other : cache) {
    if (other->description.weights_desc() == made->description.weights_desc()) made->weights = other->weights;
  }
  if (!made->weights) {
    const auto dense = weight.contiguous();
    memory plain({geometry.shape, memory::data_type::f32, geometry.tag}, cpu(), dense.data_ptr());
    made->weights = memory(made->description.weights_desc(), cpu());
    dnnl::stream stream(cpu());
    dnnl::reorder(plain, made->weights).execute(stream, plain, made->weights);
    stream.wait();
  }
  if (cache.size() >= kShapesKept) cache.clear();
  cache.push_back(made);
}

dnnl::primitive_attr with_scratchpad() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

std::shared_ptr<Forward> prepare(std::vector<int64_t> key, const Geometry& geometry, const Parts& parts, const graft_unit& unit) {
  auto attributes = with_scratchpad();
  dnnl::post_ops after;
  if (unit.activate != 0) after.append_eltwise(1.0f, dnnl::algorithm::eltwise_swish, 1.0f, 0.0f);
  if (parts.added.defined()) after.append_binary(dnnl::algorithm::binary_add, geometry.target);
  attributes.set_post_ops(after);
  auto made = std::make_shared<Forward>();
  made->key = std::move(key);
  made->description = dnnl::convolution_forward::primitive_desc(
      {dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, geometry.source, geometry.weights,
       geometry.bias, geometry.target, geometry.stride, geometry.dilation, geometry.padding, geometry.padding},
      attributes, cpu());
  made->primitive = dnnl::convolution_forward(made->description);
  return made;
}

std::shared_ptr<Backward> prepare_backward(std::vector<int64_t> key, const Geometry& geometry) {
  const dnnl::convolution_forward::primitive_desc hint(
      {dnnl::prop_kind::forward_training, dnnl::algorithm::convolution_direct, geometry.source, geometry.weights,
       geometry.target, geometry.stride, geometry.dilation, geometry.padding, geometry.padding},
      cpu());
  auto made = std::make_shared<Backward>();
  made->key = std::move(key);
  made->description = dnnl::convolution_backward_data::primitive_desc(
      {dnnl::algorithm::convolution_direct, geometry.source, geometry.weights, geometry.target, geometry.stride,
       geometry.dilation, geometry.padding, geometry.padding},
      with_scratchpad(), cpu(), hint);
  made->primitive = dnnl::convolution_backward_data(made->description);
  return made;
}

}  // namespace

const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

std::vector<int64_t> output_shape(const at::Tensor& input, const at::Tensor& weight, const graft_unit& unit) {
  std::vector<int64_t> shape{input.size(0), weight.size(0), 0, 0};
  for (int axis = 2; axis < 4; ++axis) {
    const int64_t reach = static_cast<int64_t>(unit.dilation) * (weight.size(axis) - 1) + 1;
    shape[axis] = (input.size(axis) + 2 * unit.padding - reach) / unit.stride + 1;
  }
  return shape;
}

Ready ready(Plan& plan, const at::Tensor& input, const std::vector<int64_t>& output, const Parts& parts, const graft_unit& unit, bool graph) {
  // oneDNN partitions the work when a primitive is created, so the number of threads belongs to the key.
  std::vector<int64_t> key = input.sizes().vec();
  key.push_back(static_cast<int64_t>(input.scalar_type()));
  key.push_back(at::get_num_threads());
  key.push_back(unit.activate);
  key.push_back(parts.added.defined());
  const std::lock_guard<std::mutex> lock(plan.lock);
  const bool same = plan.seen.size() == parts.given.size() &&
                    std::equal(plan.seen.begin(), plan.seen.end(), parts.given.begin(),
                               [](const Seen& seen, const at::Tensor& tensor) { return seen.is(tensor); });
  if (!same) {
    plan.forward.clear();
    plan.backward.clear();
    plan.seen.clear();
    for (const auto& tensor : parts.given) plan.seen.emplace_back(tensor);
  }
  Ready found{find(plan.forward, key), graph ? find(plan.backward, key) : nullptr};
  if (found.forward && (found.backward || !graph)) return found;
  const Geometry geometry(input, output, parts, unit);
  if (!found.forward) {
    found.forward = prepare(key, geometry, parts, unit);
    keep(plan.forward, found.forward, geometry, parts.weight);
  }
  if (graph && !found.backward) {
    found.backward = prepare_backward(key, geometry);
    keep(plan.backward, found.backward, geometry, parts.weight);
  }
  return found;
}

}  // namespace graft::convolution
#endif
