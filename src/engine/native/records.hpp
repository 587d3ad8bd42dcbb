// SPDX-License-Identifier: Apache-2.0
#pragma once
// What this engine remembers of a sandbox: <state>/<storage id>/spec.json, how it is to be made, and
// run.json, what started last. A damaged record counts as none. All block.

#include <optional>
#include <string>
#include <vector>

#include "cus/engine/spec.hpp"
#include "engine/native/process.hpp"

namespace cus::engine {

struct Run {
  ProcessId process;  // the sandbox's first, as the host sees it
  std::string image;  // with its hash
  std::string group;  // its control group
  std::uint32_t uid = 0;
};

class Records {
 public:
  explicit Records(std::string directory) : directory_(std::move(directory)) {}

  // Code::conflict when there is a record already.
  Result<> create(const SandboxSpec& spec) const;
  std::optional<SandboxSpec> spec(const StorageId& storage) const;
  std::optional<Run> run(const StorageId& storage) const;
  Result<> put_run(const StorageId& storage, const Run& run) const;
  Result<> remove(const StorageId& storage) const;
  std::vector<StorageId> all() const;

 private:
  std::string path(const StorageId& storage) const { return directory_ + "/" + storage.str(); }
  std::string directory_;
};

}  // namespace cus::engine
