// SPDX-License-Identifier: Apache-2.0
#pragma once
// A control group for each sandbox, in the unified hierarchy (cgroup v2) or in one for each controller (v1),
// below the server's own. Where the server may not make any, limits do not hold and missing() says which. All
// block.

#include <string>
#include <vector>

#include "cus/base/fd.hpp"
#include "cus/engine/spec.hpp"

namespace cus::engine {

class Cgroups {
 public:
  // Looks for a place where groups can be made, and makes it.
  static Cgroups discover(const std::string& mount);

  // Controllers that cannot limit a sandbox here, of "memory", "cpu", "pids".
  const std::vector<std::string>& missing() const { return missing_; }
  std::string version() const;

  // Makes the group, or sets the limits of what is there.
  Result<> make(const StorageId& storage, const Limits& limits) const;
  // Files to which a process writes "0" to join.
  Result<std::vector<Fd>> entrances(const StorageId& storage) const;
  // What the guest reads of it, as mounts: how often memory ran out.
  std::vector<Mount> views(const StorageId& storage) const;
  bool frozen(const StorageId& storage) const;
  Result<> thaw(const StorageId& storage) const;
  // Once its processes are gone.
  void remove(const StorageId& storage) const;

 private:
  struct Hierarchy {
    std::string controller;  // "" in the unified one
    std::string path;        // of the directory that holds the sandboxes' groups
  };
  void find_unified(const std::string& mount);
  void find_separate(const std::string& mount);
  bool unified() const { return !hierarchies_.empty() && hierarchies_.front().controller.empty(); }
  std::string group(const Hierarchy& hierarchy, const StorageId& storage) const {
    return hierarchy.path + "/" + storage.str();
  }

  std::vector<Hierarchy> hierarchies_;
  std::vector<std::string> missing_;
};

}  // namespace cus::engine
