// Every ATen operator through the dispatcher, by schema name, with boxed arguments.
#include "guard.h"
#include "handles.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/stack.h>

#include <deque>
#include <mutex>

using graft::borrow;
using graft::give;
using graft::guard;

namespace {

template <typename Item>
c10::ArrayRef<Item> items(const graft_value& value) {
  return c10::ArrayRef<Item>(static_cast<const Item*>(value.pointer), static_cast<size_t>(value.length));
}

c10::IValue to_ivalue(const graft_value& value) {
  switch (value.tag) {
    case GRAFT_NONE:
      return {};
    case GRAFT_INT:
      return value.integer;
    case GRAFT_DOUBLE:
      return value.real;
    case GRAFT_BOOL:
      return value.integer != 0;
    case GRAFT_TENSOR:
      return borrow(value.pointer);
    case GRAFT_INTS:
      return c10::List<int64_t>(items<int64_t>(value));
    case GRAFT_DOUBLES:
      return c10::List<double>(items<double>(value));
    case GRAFT_TENSORS: {
      c10::List<at::Tensor> list;
      for (const auto& item : items<graft_tensor>(value)) list.push_back(borrow(item));
      return list;
    }
    case GRAFT_STRING:
      return std::string(static_cast<const char*>(value.pointer), static_cast<size_t>(value.length));
    case GRAFT_DEVICE:
      return c10::Device(std::string(static_cast<const char*>(value.pointer), static_cast<size_t>(value.length)));
    case GRAFT_BOOLS: {
      c10::List<bool> list;
      for (const auto& item : items<int64_t>(value)) list.push_back(item != 0);
      return list;
    }
    case GRAFT_OPT_TENSORS: {
      c10::List<c10::optional<at::Tensor>> list;
      for (const auto& item : items<graft_tensor>(value))
        list.push_back(item == nullptr ? c10::optional<at::Tensor>() : c10::optional<at::Tensor>(borrow(item)));
      return list;
    }
    default:
      TORCH_CHECK(false, "unknown argument tag ", value.tag);
  }
}

struct Results {
  graft_value* values;
  int32_t capacity;
  int32_t count = 0;

  graft_value& next(int32_t tag) {
    TORCH_CHECK(count < capacity, "an operator returned more than ", capacity, " values");
    values[count].tag = tag;
    return values[count++];
  }

  void add(const c10::IValue& value) {
    if (value.isTensor()) {
      const auto& tensor = value.toTensor();
      auto& slot = next(GRAFT_NONE);
      slot.pointer = nullptr;
      if (!tensor.defined()) return;
      slot.pointer = give(tensor);
      slot.tag = GRAFT_TENSOR;
    } else if (value.isTensorList()) {
      for (const at::Tensor& tensor : value.toTensorVector()) add(c10::IValue(tensor));
    } else if (value.isTuple()) {
      for (const auto& item : value.toTupleRef().elements()) add(item);
    } else if (value.isInt()) {
      next(GRAFT_INT).integer = value.toInt();
    } else if (value.isBool()) {
      next(GRAFT_BOOL).integer = value.toBool() ? 1 : 0;
    } else if (value.isDouble()) {
      next(GRAFT_DOUBLE).real = value.toDouble();
    } else {
      TORCH_CHECK(value.isNone(), "an operator returned a ", value.tagKind(), ", which the door does not pass");
    }
  }
};

struct Operator {
  c10::OperatorHandle handle;
  size_t arguments;
};

std::mutex operators_lock;
std::deque<Operator> operators;  // a deque: addresses stay valid as it grows

void push_defaults(const Operator& target, size_t from, torch::jit::Stack& stack) {
  const auto& declared = target.handle.schema().arguments();
  for (size_t i = from; i < target.arguments; ++i) {
    TORCH_CHECK(declared[i].default_value().has_value(), target.handle.schema().name(), ": argument '",
                declared[i].name(), "' is missing");
    stack.push_back(*declared[i].default_value());
  }
}

}  // namespace

graft_status graft_op_find(const char* name, const char* overload, graft_op* op) {
  return guard([&] {
    auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
    const std::lock_guard<std::mutex> lock(operators_lock);
    operators.push_back({handle, handle.schema().arguments().size()});
    *op = &operators.back();
  });
}

graft_status graft_op_call(graft_op op, const graft_value* arguments, int32_t count, graft_value* results,
                           int32_t capacity, int32_t* produced) {
  Results out{results, capacity};
  const auto status = guard([&] {
    const auto& target = *static_cast<const Operator*>(op);
    torch::jit::Stack stack;
    stack.reserve(target.arguments + 1);
    for (int32_t i = 0; i < count; ++i) stack.push_back(to_ivalue(arguments[i]));
    push_defaults(target, static_cast<size_t>(count), stack);
    target.handle.callBoxed(&stack);
    for (const auto& value : stack) out.add(value);
  });
  if (status != 0) {
    for (int32_t i = 0; i < out.count; ++i)
      if (results[i].tag == GRAFT_TENSOR) graft_tensor_free(results[i].pointer);
    out.count = 0;
  }
  *produced = out.count;
  return status;
}
