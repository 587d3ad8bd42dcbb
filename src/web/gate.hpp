// SPDX-License-Identifier: Apache-2.0
#pragma once
// Everything that is decided from a request's head, in one order: framing, path, Host and Origin, route,
// key. Before the body is read and before any handler. No I/O.

#include <optional>
#include <string>

#include "cus/auth/origin_policy.hpp"
#include "cus/auth/trusted_proxies.hpp"
#include "cus/auth/user_token.hpp"
#include "cus/web/exchange.hpp"
#include "key_check.hpp"
#include "router.hpp"

namespace cus::web {

struct Verdict {
  std::optional<Response> refusal;  // also the answer to OPTIONS
  const Route* route = nullptr;     // set when there is no refusal
  const Route* asked = nullptr;     // what the request was for, refused or not; nullptr: nothing there is
  Request request;
  net::Headers extra;  // belongs on whatever the answer is
  bool close = false;  // after the refusal
};

enum class Phase { serving, draining };

struct GateRules {
  auth::KeyRing keys = {};
  auth::OriginPolicy origins = {};
  auth::TrustedProxies proxies = {};
  std::optional<auth::UserTokens> user_tokens = {};
  std::size_t max_target_bytes = 8'192;
};

class Gate {
 public:
  Gate(Routes routes, GateRules rules);

  Verdict judge(net::RequestHead& head, std::string_view peer, Phase phase, Clock::time_point now);
  bool has_keys() const { return keys_.has_keys(); }
  bool trusts(std::string_view peer) const { return rules_.proxies.trusts(peer); }
  const Routes& routes() const { return router_.routes(); }
  std::uint64_t wrong_keys() const { return wrong_keys_; }

 private:
  void look_behind_proxies(Request& request) const;
  bool check_framing(const net::RequestHead& head, Verdict& verdict) const;
  bool check_site(Verdict& verdict) const;
  bool choose_route(Verdict& verdict) const;
  void check_caller(Verdict& verdict, Clock::time_point now);

  Router router_;
  KeyCheck keys_;
  GateRules rules_;        // without the keys
  std::uint64_t last_id_;  // of a request that came without one
  std::uint64_t wrong_keys_ = 0;
};

}  // namespace cus::web
