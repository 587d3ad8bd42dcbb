// SPDX-License-Identifier: Apache-2.0
#pragma once
// From a destination to a connection: resolve once, keep the addresses that may be reached, connect to the
// first that answers. The address that was checked is the address that is connected to.

#include "cus/egress/egress.hpp"
#include "egress/allow_list.hpp"
#include "egress/destination.hpp"
#include "egress/refusal.hpp"
#include "egress/resolver.hpp"

namespace cus::egress {

inline constexpr std::size_t max_attempts = 4;

// The addresses to try, in order: at most max_attempts, the families taking turns so that a dead IPv6 does
// not use up all of them. Refused when none may be reached.
Allowed<std::vector<Address>> admit(const Destination& to, const std::vector<Address>& addresses,
                                    const AllowList& exceptions);

class Dialler {
 public:
  Dialler(Executor executor, BlockingPool& pool, const Options& options);
  Task<Allowed<net::StreamPtr>> dial(const StorageId& sandbox, const Destination& to);

 private:
  Resolver resolver_;
  AllowList exceptions_;
  Clock::duration timeout_;
};

}  // namespace cus::egress
