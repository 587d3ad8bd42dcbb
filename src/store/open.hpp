// SPDX-License-Identifier: Apache-2.0
#pragma once
// From a path to a connection that can be trusted: file made private, content checked, schema up to date.
// Blocking. The messages are for the operator and name the file.

#include <chrono>
#include <memory>
#include <string>

#include "store/database.hpp"

namespace cus::store {

Result<std::shared_ptr<Database>> open_database(const std::string& path,
                                                std::chrono::milliseconds busy = default_busy_timeout);

}  // namespace cus::store
