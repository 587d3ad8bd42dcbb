// SPDX-License-Identifier: Apache-2.0
#pragma once
// The text/event-stream format. It has no way to carry a carriage return: CR LF and CR in `data` become line
// feeds, which JSON text never contains raw, so that JSON comes back byte for byte.

#include <chrono>
#include <string>
#include <string_view>

namespace cus::web {

// An id with CR, LF or NUL is left out.
std::string format_event(std::string_view data, std::string_view id);
// An event without data, and the time after which a client that lost the stream shall come back.
std::string format_priming(std::string_view id, std::chrono::milliseconds retry);
std::string format_comment(std::string_view text);

}  // namespace cus::web
