// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "cus/engine/container_engine.hpp"

namespace cus::engine {

std::string_view state_name(State state) {
  constexpr std::array<std::string_view, 6> names = {"absent", "created", "running",
                                                     "paused", "stopped", "dead"};
  return names.at(static_cast<std::size_t>(state));
}

}  // namespace cus::engine
