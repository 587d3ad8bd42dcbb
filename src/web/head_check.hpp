// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the parser lets through and we do not: heads that a front server could understand differently
// (request smuggling), and headers that could pass for ours.

#include <optional>
#include <string>

#include "cus/net/http.hpp"

namespace cus::web {

struct HeadFault {
  int status = 400;
  std::string message;
  bool operator==(const HeadFault&) const = default;
};

// The connection must be closed after a fault: where the next request begins is not certain.
std::optional<HeadFault> check_head(const net::RequestHead& head, std::size_t max_target_bytes);

}  // namespace cus::web
