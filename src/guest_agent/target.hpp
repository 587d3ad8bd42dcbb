// SPDX-License-Identifier: Apache-2.0
#pragma once
// The request targets of docs/guest-protocol.md.

#include <cstdint>
#include <optional>
#include <string_view>

#include "cus/base/id.hpp"
#include "read_plan.hpp"

namespace cus::guest_agent {

struct Target {
  enum class Kind : std::uint8_t { status, jobs, job, kill, tunnel };
  Kind kind{};
  JobId job;    // job and kill
  Wants wants;  // job: ?offset=N&head=N&tail=N
};

// nullopt for what does not exist.
std::optional<Target> parse_target(std::string_view text);

}  // namespace cus::guest_agent
