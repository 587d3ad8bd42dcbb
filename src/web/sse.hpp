// SPDX-License-Identifier: Apache-2.0
#pragma once
// The text/event-stream format. It has no way to carry a carriage return: CR LF and CR in `data` become line
// feeds, which JSON text never contains raw, so that JSON comes back byte for byte.

#include <string>
#include <string_view>

namespace cus::web {

// An id with CR, LF or NUL is left out.
std::string format_event(std::string_view data, std::string_view id);
std::string format_comment(std::string_view text);

}  // namespace cus::web
