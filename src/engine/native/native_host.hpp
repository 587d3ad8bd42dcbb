// SPDX-License-Identifier: Apache-2.0
#pragma once
// The blocking half of the native engine: what it does with files, control groups and processes. May be used
// from several threads, for different sandboxes.

#include <string>
#include <vector>

#include "cus/engine/native.hpp"
#include "engine/native/cgroups.hpp"
#include "engine/native/host_users.hpp"
#include "engine/native/records.hpp"
#include "engine/native/spares.hpp"

namespace cus::engine {

class NativeHost {
 public:
  explicit NativeHost(NativeOptions options);

  Result<Report> report() const;
  Result<> find_bwrap() const;
  Result<> require_image(const std::string& image) const;
  Result<Owner> owner(const StorageId& storage) { return users_.owner(storage); }
  std::vector<Sandbox> list(const InstanceId& instance) const;
  Sandbox inspect(const StorageId& storage) const;
  Result<> create(const SandboxSpec& spec) const;
  Result<> start(const StorageId& storage);
  Result<> resume(const StorageId& storage) const;
  // Of what runs: a handle to its first process, awake and asked to end by `signal`. Empty when nothing runs.
  Result<Fd> ask_to_end(const StorageId& storage, int signal) const;
  // What is left once nothing runs.
  void clear(const StorageId& storage) const;
  // Gets ready for more new chats like the one of this sandbox.
  void prepare_like(const StorageId& storage);
  // Code::conflict for another instance's.
  Result<> may_remove(const StorageId& storage, const InstanceId& instance) const;
  Result<> forget(const StorageId& storage) const { return records_.remove(storage); }

 private:
  std::string bwrap() const;
  State state(const StorageId& storage) const;
  bool frozen(const StorageId& storage) const;

  NativeOptions options_;
  Result<Fd> seccomp_;
  Cgroups cgroups_;
  Records records_;
  HostUsers users_;
  Spares spares_;
};

}  // namespace cus::engine
