// SPDX-License-Identifier: Apache-2.0
#pragma once
// docs/openapi.json, served as GET /openapi.json.

#include <string_view>

#include "cus/web/route.hpp"

namespace cus::app {

std::string_view openapi_document();
web::Routes openapi_routes();

}  // namespace cus::app
