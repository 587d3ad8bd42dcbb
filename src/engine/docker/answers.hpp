// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reading what the engine says of containers. Every field is checked for its type, length and characters;
// what does not fit is Code::engine_refused, never a guess.

#include <string>
#include <string_view>
#include <vector>

#include "cus/engine/container_engine.hpp"

namespace cus::engine {

struct Container {
  std::string id;  // 64 hex digits
  State state = State::absent;
  std::string boot;
  std::string instance;  // its labels; empty when it has none
  std::string storage;
};

Result<Container> parse_container(std::string_view body);
// Only what is labelled as the instance's, and named after its own storage id.
Result<std::vector<Sandbox>> parse_container_list(std::string_view body, const InstanceId& instance);
// The answer to a create: its warnings. An answer without a container id is refused.
Result<std::vector<std::string>> parse_created(std::string_view body);

}  // namespace cus::engine
