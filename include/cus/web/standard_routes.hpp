// SPDX-License-Identifier: Apache-2.0
#pragma once
// The routes every server has: what this is, is it alive, can it work.

#include <functional>
#include <string>

#include "cus/base/json.hpp"
#include "cus/web/route.hpp"

namespace cus::web {

// Facts for /readyz, told to everybody: no secrets. An error means not ready; its message is shown.
using Readiness = std::function<Task<Result<Json>>()>;

Routes standard_routes(Readiness readiness, const std::string& version);

// The table for --dump-routes: method, path, auth, purpose; one line a route.
std::string dump_routes(const Routes& routes);

}  // namespace cus::web
