// Convolution units with fixed weights: without a graph, bias and SiLU are applied while the result is still in registers;
// with one, only the input gets a gradient, and only what SiLU's slope needs is kept for it.
#include "autocast.h"
#include "guard.h"
#include "handles.h"
#include "kernels.h"
#include "maps.h"

#ifdef GRAFT_ONEDNN
#include "convolution_plan.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>

#include <algorithm>
#include <unordered_map>
#endif

using graft::borrow;
using graft::give;
using graft::guard;
using graft::kBlockValues;

#ifdef GRAFT_ONEDNN
namespace {

using dnnl::memory;
using namespace graft::convolution;

at::Tensor channels_last(at::IntArrayRef shape, const at::Tensor& like) {
  return at::empty(shape, like.options().memory_format(at::MemoryFormat::ChannelsLast));
}

at::Tensor run(const Forward& prepared, const at::Tensor& input, const std::vector<int64_t>& shape, const Parts& parts, bool activate) {
  auto result = channels_last(shape, input);
  std::unordered_map<int, memory> arguments{
      {DNNL_ARG_SRC, memory(prepared.description.src_desc(), cpu(), input.data_ptr())},
      {DNNL_ARG_DST, memory(prepared.description.dst_desc(), cpu(), result.data_ptr())}};
  const auto bias = parts.bias.defined() ? parts.bias.contiguous() : at::Tensor();
  if (bias.defined())
    arguments.emplace(DNNL_ARG_BIAS, memory(prepared.description.bias_desc(), cpu(), bias.data_ptr()));
  const auto added = parts.added.defined() ? parts.added.contiguous(at::MemoryFormat::ChannelsLast) : at::Tensor();
  if (added.defined())
    arguments.emplace(DNNL_ARG_ATTR_MULTIPLE_POST_OP(activate ? 1 : 0) | DNNL_ARG_SRC_1,
                      memory(prepared.description.dst_desc(), cpu(), added.data_ptr()));
  execute(prepared, std::move(arguments));
  return result;
}

// The gradient of a unit with respect to its input.
struct InputGradient : torch::autograd::Node {
  std::shared_ptr<Backward> prepared;
  std::vector<int64_t> shape;  // of the input
  at::Tensor before;           // what SiLU read; undefined without it
  bool done = false;

  torch::autograd::variable_list apply(torch::autograd::variable_list&& gradients) override {
    TORCH_CHECK(!done, "the graph of a frozen convolution was used a second time");
    if (!gradients[0].defined()) return {at::Tensor()};
    const at::Tensor gradient = before.defined() ? slope(graft::Sliced(gradients[0])) : gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    auto result = channels_last(shape, gradient);
    execute(*prepared, {{DNNL_ARG_DIFF_DST, memory(prepared->description.diff_dst_desc(), cpu(), gradient.data_ptr())},
                        {DNNL_ARG_DIFF_SRC, memory(prepared->description.diff_src_desc(), cpu(), result.data_ptr())}});
    return {result};
  }

  at::Tensor slope(const graft::Sliced& dy) const {
    auto result = at::empty_like(before);
    const int64_t c = before.size(1);
    graft::by_type(before, [&](auto type) {
      using T = decltype(type);
      at::parallel_for(0, before.numel() / c, graft::block_rows(c), [&](int64_t begin, int64_t end) {
        graft::silu_gradient(graft::values<T>(before) + begin * c, dy.row<T>(begin), dy.pitch, end - begin, c, graft::values<T>(result) + begin * c);
      });
    });
    return result;
  }

  void release_variables() override {
    before.reset();
    done = true;
  }
};

at::Tensor run(Plan& plan, const at::Tensor& given, const Parts& parts, const graft_unit& unit) {
  const bool graph = at::GradMode::is_enabled() && given.requires_grad();
  std::shared_ptr<InputGradient> node;
  if (graph) {
    node = std::shared_ptr<InputGradient>(new InputGradient(), torch::autograd::deleteNode);
    node->set_next_edges(torch::autograd::collect_next_edges(given));
  }
  const c10::AutoGradMode no_grad(false);
  const auto input = given.contiguous(at::MemoryFormat::ChannelsLast);
  const auto shape = output_shape(input, parts.weight, unit);
  graft_unit own = unit;
  if (graph) own.activate = 0;  // SiLU's slope needs what it reads
  const Ready found = ready(plan, input, shape, parts, own, graph);
  auto result = run(*found.forward, input, shape, parts, own.activate != 0);
  if (!graph) return result;
  node->prepared = found.backward;
  node->shape = input.sizes().vec();
  if (unit.activate != 0) {
    node->before = result;
    result = at::empty_like(result);
    graft::by_type(result, [&](auto type) {
      using T = decltype(type);
      at::parallel_for(0, result.numel(), kBlockValues, [&](int64_t begin, int64_t end) {
        graft::silu(graft::values<T>(node->before) + begin, end - begin, graft::values<T>(result) + begin);
      });
    });
  }
  torch::autograd::set_history(result, node);
  return result;
}

bool is_trained(const Parts& parts) {
  return at::GradMode::is_enabled() && std::any_of(parts.given.begin(), parts.given.end(),
                                                   [](const at::Tensor& tensor) { return tensor.requires_grad(); });
}

bool serves(const at::Tensor& input, const Parts& parts, const graft_unit& unit) {
  if (parts.added.defined()) {
    const at::Tensor& added = parts.added;
    if (added.scalar_type() != input.scalar_type() || !added.device().is_cpu() ||
        (at::GradMode::is_enabled() && (added.requires_grad() || input.requires_grad())) ||
        added.sizes().vec() != output_shape(input, parts.weight, unit))
      return false;
  }
  return !is_trained(parts) && graft::is_map(input) && parts.plain() && parts.weight.dim() == 4 &&
         input.size(1) == parts.weight.size(1) * unit.groups;
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
    const auto map = graft::in_autocast() ? borrow(input).to(at::kBFloat16) : borrow(input);
    if (!serves(map, parts, *unit)) return;
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
