// SPDX-License-Identifier: Apache-2.0
#pragma once
// The settings as options of the web layer.

#include "cus/config/config.hpp"
#include "cus/web/server.hpp"

namespace cus::app {

Result<web::ServerOptions> web_options(const config::Config& config, auth::KeyRing keys);

}  // namespace cus::app
