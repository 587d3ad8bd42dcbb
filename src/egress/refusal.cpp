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

constexpr std::array rows = {
    Row{"done", 200, 0},           Row{"idle", 504, 1},         Row{"byte_limit", 403, 1},
    Row{"closed", 503, 1},         Row{"broken", 502, 1},       Row{"bad_request", 400, 1},
    Row{"head_too_large", 431, 1}, Row{"disabled", 403, 2},     Row{"private_address", 403, 2},
    Row{"unresolved", 502, 4},     Row{"unreachable", 502, 5},  Row{"timed_out", 504, 4},
    Row{"bad_answer", 502, 1},     Row{"sandbox_full", 429, 1}, Row{"server_full", 503, 1},
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
