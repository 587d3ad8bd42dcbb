// SPDX-License-Identifier: Apache-2.0
#pragma once
// A control group with a name of its own for each sandbox, in the unified hierarchy (cgroup v2) or in one for
// each controller (v1), below the server's own. Where the server may not make any, limits do not hold and
// missing() says which. All block.

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
  // The controllers that can.
  std::vector<std::string> held() const;

  // Makes the group, or sets the limits of what is there.
  Result<> make(const std::string& name, const Limits& limits) const;
  // Files to which a process writes "0" to join.
  Result<std::vector<Fd>> entrances(const std::string& name) const;
  // What the guest reads of it, as mounts: how often memory ran out.
  std::vector<Mount> views(const std::string& name) const;
  bool frozen(const std::string& name) const;
  Result<> thaw(const std::string& name) const;
  // Once its processes are gone.
  void remove(const std::string& name) const;
  // Of servers that were killed: groups in which nothing has run for a while.
  void remove_abandoned() const;

 private:
  struct Hierarchy {
    std::string controller;  // "" in the unified one
    std::string path;        // of the directory that holds the sandboxes' groups
  };
  void find_unified(const std::string& mount);
  void find_separate(const std::string& mount);
  bool unified() const { return !hierarchies_.empty() && hierarchies_.front().controller.empty(); }
  std::string group(const Hierarchy& hierarchy, const std::string& name) const {
    return hierarchy.path + "/" + name;
  }

  std::vector<Hierarchy> hierarchies_;
  std::vector<std::string> missing_;
};

}  // namespace cus::engine
