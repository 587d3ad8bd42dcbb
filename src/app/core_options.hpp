// SPDX-License-Identifier: Apache-2.0
#pragma once
// Settings to what each room wants.

#include "core.hpp"
#include "cus/auth/keys.hpp"
#include "cus/auth/origin_policy.hpp"
#include "cus/config/config.hpp"
#include "cus/tools/tool.hpp"

namespace cus::app {

CoreOptions core_options(const config::Config& config);
tools::Settings tool_settings(const config::Config& config);

// What the rooms that own a grammar say of ALLOWED_HOSTS, PUBLIC_BASE_URL, MCP_API_KEY(S) and
// EGRESS_ALLOW_PRIVATE is added to the problems of `loaded`.
void check_grammars(config::Loaded& loaded);

}  // namespace cus::app
