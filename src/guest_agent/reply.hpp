// SPDX-License-Identifier: Apache-2.0
#pragma once
// Answers of the guest as text.

#include <string>
#include <string_view>

#include "cus/base/error.hpp"
#include "cus/base/json.hpp"

namespace cus::guest_agent {

std::string json_reply(int status, const Json& body);
std::string empty_reply(int status);
// {"error","message"}, with the status that fits the code.
std::string error_reply(const Error& error);
std::string upgrade_reply(std::string_view protocol);

}  // namespace cus::guest_agent
