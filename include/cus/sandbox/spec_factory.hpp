// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which SandboxSpec a chat's sandbox gets: the settings and the data root's layout in, pure data out.

#include <string>

#include "cus/engine/spec.hpp"
#include "cus/sandbox/layout.hpp"

namespace cus::sandbox {

struct SandboxSettings {
  std::string image;
  std::string runtime;
  engine::Limits limits;
  std::uint64_t tmp_bytes = 0;
  engine::Network network = engine::Network::none;
  std::string guest_build;  // of install_guest
  std::string skills;       // directory on the host; empty: the data root's own
  unsigned uid = 1000;
  unsigned gid = 1000;
};

engine::SandboxSpec make_spec(const Layout& layout, const SandboxSettings& settings,
                              const InstanceId& instance, const StorageId& storage);
// Changes whenever a container made from an older spec would differ: 16 hex digits.
std::string spec_hash(const engine::SandboxSpec& spec);

}  // namespace cus::sandbox
