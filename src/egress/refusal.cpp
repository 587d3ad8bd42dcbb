// SPDX-License-Identifier: Apache-2.0
#include "egress/refusal.hpp"

#include <array>

namespace cus::egress {
namespace {

struct Row {
  std::string_view name;
  int status;
  std::uint8_t reply;  // RFC 1928, 6
};

constexpr Row row_of(std::string_view name, int status, std::uint8_t reply) {
  return {.name = name, .status = status, .reply = reply};
}

constexpr std::array rows = {
    row_of("done", 200, 0),           row_of("idle", 504, 1),         row_of("byte_limit", 403, 1),
    row_of("closed", 503, 1),         row_of("broken", 502, 1),       row_of("bad_request", 400, 1),
    row_of("head_too_large", 431, 1), row_of("disabled", 403, 2),     row_of("private_address", 403, 2),
    row_of("unresolved", 502, 4),     row_of("unreachable", 502, 5),  row_of("timed_out", 504, 4),
    row_of("bad_answer", 502, 1),     row_of("sandbox_full", 429, 1), row_of("server_full", 503, 1),
};
static_assert(rows.size() == static_cast<std::size_t>(Outcome::server_full) + 1);

const Row& row(Outcome outcome) {
  return rows.at(static_cast<std::size_t>(outcome));
}

}  // namespace

std::string_view outcome_name(Outcome outcome) {
  return row(outcome).name;
}
int http_status(Outcome outcome) {
  return row(outcome).status;
}
std::uint8_t socks_reply(Outcome outcome) {
  return row(outcome).reply;
}

}  // namespace cus::egress
