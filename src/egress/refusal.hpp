// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a connection ended, and what the client of the proxy is told when it was refused. The text is written
// for a model: what was refused, why, and who can change it.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace cus::egress {

enum class Outcome : std::uint8_t {
  done,
  idle,        // nothing moved for too long
  byte_limit,  // the cap of one connection
  closed,      // by close_all
  broken,      // a peer left in the middle
  bad_request,
  head_too_large,
  disabled,
  private_address,
  unresolved,
  unreachable,
  timed_out,
  bad_answer,  // the server's answer is not HTTP
  sandbox_full,
  server_full,
};

std::string_view outcome_name(Outcome outcome);
int http_status(Outcome outcome);
std::uint8_t socks_reply(Outcome outcome);

struct Refusal {
  Outcome why = Outcome::bad_request;
  std::string text;
};

template <class T>
using Allowed = std::expected<T, Refusal>;

inline std::unexpected<Refusal> refusal(Outcome why, std::string text) {
  return std::unexpected<Refusal>(Refusal{.why = why, .text = std::move(text)});
}

}  // namespace cus::egress
