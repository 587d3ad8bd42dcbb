// SPDX-License-Identifier: Apache-2.0
#pragma once
// Everything that is decided from a request's head, in one order: framing, path, Host and Origin, route,
// key. Before the body is read and before any handler. No I/O.

#include <optional>
#include <string>

#include "cus/auth/origin_policy.hpp"
#include "cus/web/exchange.hpp"
#include "key_check.hpp"
#include "router.hpp"

namespace cus::web {

struct Verdict {
  std::optional<Response> refusal;  // also the answer to OPTIONS
  const Route* route = nullptr;     // set when there is no refusal
  Request request;
  net::Headers extra;  // belongs on whatever the answer is
  bool close = false;  // after the refusal
};

enum class Phase { serving, draining };

class Gate {
 public:
  Gate(Routes routes, auth::KeyRing keys, auth::OriginPolicy origins, std::size_t max_target_bytes);

  Verdict judge(net::RequestHead& head, std::string_view peer, Phase phase, Clock::time_point now);
  bool has_keys() const { return keys_.has_keys(); }

 private:
  bool check_framing(const net::RequestHead& head, Verdict& verdict) const;
  bool check_site(Verdict& verdict) const;
  bool choose_route(Verdict& verdict) const;
  void check_caller(Verdict& verdict, Clock::time_point now);

  Router router_;
  KeyCheck keys_;
  auth::OriginPolicy origins_;
  std::size_t max_target_bytes_;
};

}  // namespace cus::web
