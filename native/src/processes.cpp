// Several processes that compute together: PyTorch's own store and process group (c10d), with Gloo between them.
#include "processes.h"

#include "guard.h"
#include "handles.h"
#include "kernels.h"

#include <ATen/ATen.h>

#include <algorithm>

using graft::borrow;
using graft::give;
using graft::guard;

#ifdef GRAFT_GLOO

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

namespace {

using Milliseconds = std::chrono::milliseconds;

struct Store {
  c10::intrusive_ptr<c10d::TCPStore> connection;
  c10::intrusive_ptr<c10d::Store> keys;
};

using Group = c10d::ProcessGroupGloo;

// An operation keeps its tensors: c10d works on their memory in its own threads.
struct Work {
  c10::intrusive_ptr<c10d::Work> work;
  std::vector<at::Tensor> inputs;
  std::vector<std::vector<at::Tensor>> outputs;
};

Store& store_of(graft_store handle) { return *static_cast<Store*>(handle); }

Group& group_of(graft_group handle) { return *static_cast<Group*>(handle); }

}  // namespace

int32_t graft_has_groups(void) { return 1; }

graft_status graft_store_open(const char* host, int32_t port, int32_t serve, int64_t milliseconds, const char* prefix,
                              graft_store* store) {
  return guard([&] {
    c10d::TCPStoreOptions options;
    options.port = static_cast<uint16_t>(port);
    options.isServer = serve != 0;
    options.waitWorkers = false;  // who is missing is found out, and named, by the caller
    options.timeout = Milliseconds(milliseconds);
    auto made = std::make_unique<Store>();
    made->connection = c10::make_intrusive<c10d::TCPStore>(host, options);
    made->keys = c10::make_intrusive<c10d::PrefixStore>(prefix, made->connection);
    *store = made.release();
  });
}

void graft_store_free(graft_store store) { delete static_cast<Store*>(store); }

graft_status graft_store_set(graft_store store, const char* key, const uint8_t* bytes, int64_t length) {
  return guard([&] { store_of(store).keys->set(key, std::vector<uint8_t>(bytes, bytes + length)); });
}

graft_status graft_store_get(graft_store store, const char* key, graft_tensor* bytes) {
  return guard([&] {
    *bytes = nullptr;
    auto& keys = *store_of(store).keys;
    if (!keys.check({key})) return;
    const auto found = keys.get(key);
    auto tensor = at::empty({static_cast<int64_t>(found.size())}, at::kByte);
    std::copy(found.begin(), found.end(), tensor.data_ptr<uint8_t>());
    *bytes = give(std::move(tensor));
  });
}

graft_status graft_store_add(graft_store store, const char* key, int64_t amount, int64_t* total) {
  return guard([&] { *total = store_of(store).keys->add(key, amount); });
}

graft_status graft_group_open(graft_store store, int32_t rank, int32_t size, const char* address, int64_t milliseconds,
                              graft_group* group) {
  return guard([&] {
    auto options = Group::Options::create(Milliseconds(milliseconds));
    options->devices.push_back(Group::createDeviceForHostname(address));
    options->threads = 2;
    *group = c10::make_intrusive<Group>(store_of(store).keys, rank, size, options).release();
  });
}

void graft_group_free(graft_group group) { c10::intrusive_ptr<Group>::reclaim(static_cast<Group*>(group)); }

graft_status graft_group_add(graft_group group, graft_tensor tensor, graft_work* work) {
  return guard([&] {
    auto made = std::make_unique<Work>();
    made->inputs = {borrow(tensor)};
    made->work = group_of(group).allreduce(made->inputs);
    *work = made.release();
  });
}

graft_status graft_group_send(graft_group group, graft_tensor tensor, int32_t from, graft_work* work) {
  return guard([&] {
    auto made = std::make_unique<Work>();
    made->inputs = {borrow(tensor)};
    c10d::BroadcastOptions options;
    options.rootRank = from;
    made->work = group_of(group).broadcast(made->inputs, options);
    *work = made.release();
  });
}

graft_status graft_group_gather(graft_group group, graft_tensor tensor, graft_tensor all, graft_work* work) {
  return guard([&] {
    auto made = std::make_unique<Work>();
    made->inputs = {borrow(tensor)};
    made->outputs = {borrow(all).unbind(0)};
    made->work = group_of(group).allgather(made->outputs, made->inputs);
    *work = made.release();
  });
}

graft_status graft_work_wait(graft_work handle, int64_t milliseconds, int32_t* done) {
  return guard([&] {
    auto& work = *static_cast<Work*>(handle)->work;
    *done = 1;
    try {
      work.wait(Milliseconds(milliseconds));
    } catch (...) {
      if (work.isCompleted()) throw;
      *done = 0;
    }
  });
}

void graft_work_free(graft_work work) { delete static_cast<Work*>(work); }

namespace {

// A message of a norm is small and everyone waits for it: pairs exchange it directly, which took a seventh of the time of
// Gloo's sum and a third of that of its gathering (two processes on one machine). Many processes would need too many messages.
constexpr int kMostPairs = 8;
constexpr int kTag = 7;

// The values of every process, by rank.
at::Tensor everyones(graft_group handle, std::vector<double>& values) {
  auto& group = group_of(handle);
  const int64_t count = static_cast<int64_t>(values.size());
  std::vector<at::Tensor> own = {at::from_blob(values.data(), {count}, at::kDouble)};
  auto all = at::empty({group.getSize(), count}, at::kDouble);
  if (group.getSize() > kMostPairs) {
    std::vector<std::vector<at::Tensor>> rows = {all.unbind(0)};
    group.allgather(rows, own)->wait();
    return all;
  }
  all[group.getRank()].copy_(own[0]);
  std::vector<c10::intrusive_ptr<c10d::Work>> works;
  for (int other = 0; other < group.getSize(); ++other) {
    if (other == group.getRank()) continue;
    std::vector<at::Tensor> row = {all[other]};
    works.push_back(group.recv(row, other, kTag));
    works.push_back(group.send(own, other, kTag));
  }
  for (const auto& work : works) work->wait();
  return all;
}

}  // namespace

void graft::add_over(graft_group group, std::vector<double>& values) {
  const auto all = everyones(group, values);
  const double* const data = all.data_ptr<double>();
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = 0;
    for (int64_t rank = 0; rank < all.size(0); ++rank) values[i] += data[rank * all.size(1) + i];
  }
}

double graft::combine_moments(graft_group group, double count, std::vector<double>& mean, std::vector<double>& squares) {
  const size_t c = mean.size();
  std::vector<double> own = {count};
  own.insert(own.end(), mean.begin(), mean.end());
  own.insert(own.end(), squares.begin(), squares.end());
  const auto all = everyones(group, own);
  double seen = 0;
  mean.assign(c, 0.0);
  squares.assign(c, 0.0);
  for (int64_t rank = 0; rank < all.size(0); ++rank) {
    const double* const part = all.data_ptr<double>() + rank * all.size(1);
    add_moments(seen, part[0], part + 1, part + 1 + c, mean, squares);
    seen += part[0];
  }
  return seen;
}

#else

namespace {

graft_status absent() {
  return guard([] { TORCH_CHECK(false, "this libgraft.so was built without Gloo, which several processes need"); });
}

}  // namespace

int32_t graft_has_groups(void) { return 0; }
graft_status graft_store_open(const char*, int32_t, int32_t, int64_t, const char*, graft_store*) { return absent(); }
void graft_store_free(graft_store) {}
graft_status graft_store_set(graft_store, const char*, const uint8_t*, int64_t) { return absent(); }
graft_status graft_store_get(graft_store, const char*, graft_tensor*) { return absent(); }
graft_status graft_store_add(graft_store, const char*, int64_t, int64_t*) { return absent(); }
graft_status graft_group_open(graft_store, int32_t, int32_t, const char*, int64_t, graft_group*) { return absent(); }
void graft_group_free(graft_group) {}
graft_status graft_group_add(graft_group, graft_tensor, graft_work*) { return absent(); }
graft_status graft_group_send(graft_group, graft_tensor, int32_t, graft_work*) { return absent(); }
graft_status graft_group_gather(graft_group, graft_tensor, graft_tensor, graft_work*) { return absent(); }
graft_status graft_work_wait(graft_work, int64_t, int32_t*) { return absent(); }
void graft_work_free(graft_work) {}
void graft::add_over(graft_group, std::vector<double>&) { TORCH_CHECK(false, "there is no group"); }
double graft::combine_moments(graft_group, double, std::vector<double>&, std::vector<double>&) { TORCH_CHECK(false, "there is no group"); }

#endif
