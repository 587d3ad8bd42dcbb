// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the values of identity headers may be. Each check answers with the value or with a text for the client
// that names the header and never shows the value.

#include <string>
#include <string_view>
#include <vector>

#include "cus/base/error.hpp"
#include "cus/base/secret.hpp"

namespace cus::web {

// `where` is the header's name.
Result<std::string> person_name(std::string_view text, std::string_view where);
Result<std::string> email_address(std::string_view text, std::string_view where);
// Ids and roles of a chat client: visible ASCII.
Result<std::string> plain_word(std::string_view text, std::string_view where);
// name or name:port
Result<std::string> host_name(std::string_view text, std::string_view where);
Result<Secret> secret_word(std::string_view text, std::string_view where);
// Taken and forgotten: a caller does not choose where the server connects to.
Result<> ignored_url(std::string_view text, std::string_view where);
// Comma-separated; without empty ones, duplicates and the names under which this server itself is known.
Result<std::vector<std::string>> server_names(std::string_view text, std::string_view where);

// '+' stays, and a '%' that begins no escape does too: names are not always encoded.
std::string percent_decoded(std::string_view text);

}  // namespace cus::web
