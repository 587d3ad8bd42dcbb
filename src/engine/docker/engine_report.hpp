// SPDX-License-Identifier: Apache-2.0
#pragma once
// What doctor shows of the engine, from GET /version and GET /info.

#include <string_view>

#include "cus/engine/container_engine.hpp"
#include "engine/docker/engine_info.hpp"

namespace cus::engine {

Result<Report> make_report(const EngineInfo& info, std::string_view api_version, std::string_view info_body);

}  // namespace cus::engine
