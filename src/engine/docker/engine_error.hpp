// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an engine's refusal means. Its words are attacker input: they pick a code and go, cut short, into the
// cause; never into the message.

#include <string>
#include <string_view>

#include "cus/base/error.hpp"

namespace cus::engine {

struct Answer {
  int status = 0;
  std::string body;
};

// The "message" of an error body, or the start of a body that has none; at most 500 bytes.
std::string engine_words(const Answer& answer);
// `what` names the call for the log, e.g. "create".
std::unexpected<Error> engine_error(std::string_view what, const Answer& answer);
// An answer that is no error but not what the API promises either.
std::unexpected<Error> bad_answer(std::string_view what, std::string_view why);

}  // namespace cus::engine
