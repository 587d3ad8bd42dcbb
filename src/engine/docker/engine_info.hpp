// SPDX-License-Identifier: Apache-2.0
#pragma once
// What GET /version says: which engine, which versions. Every text is checked to be short and printable.

#include <string>
#include <vector>

#include "cus/base/error.hpp"
#include "engine/docker/api_version.hpp"

namespace cus::engine {

struct Component {
  std::string name;  // lower case, e.g. "runc"
  std::string version;
};

struct EngineInfo {
  std::string name;  // "docker" or "podman"
  std::string version;
  ApiVersion oldest_api;
  ApiVersion newest_api;
  std::vector<Component> components;
};

Result<EngineInfo> parse_engine_info(std::string_view body);
// At most 64 characters of `text`, without what does not print.
std::string printable(std::string_view text);

}  // namespace cus::engine
