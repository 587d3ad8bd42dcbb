// SPDX-License-Identifier: Apache-2.0
#pragma once
// Slows down guessing. Each source has a budget of wrong keys that refills slowly; a source without budget is
// refused whatever it sends, except by a tenant whose right key came from there before, so that one
// misconfigured client behind a shared proxy does not lock the others out. Memory is bounded: the source
// that was quiet longest is forgotten. Pure: the caller brings the time.

#include <chrono>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cus/base/clock.hpp"
#include "cus/base/id.hpp"

namespace cus::auth {

class KeyLimiter {
 public:
  struct Limits {
    double wrong_keys = 10;
    std::chrono::seconds refill_one{6};
    std::size_t sources = 65'536;
    std::size_t tenants_per_source = 16;
  };

  KeyLimiter() : KeyLimiter(Limits{}) {}
  explicit KeyLimiter(Limits limits) : limits_(limits) {}

  // Called for each key that was presented; `owner` is its tenant, or nullopt for a wrong key. The answer is
  // how long to wait before the next try (429), or nullopt: go on with 401 or the request.
  std::optional<std::chrono::seconds> judge(std::string_view source, const std::optional<TenantId>& owner,
                                            Clock::time_point now);
  std::size_t sources() const { return entries_.size(); }

 private:
  struct Entry {
    std::string source;
    double budget;
    Clock::time_point refilled;
    std::vector<TenantId> known;  // whose right key came from here
  };
  using Entries = std::list<Entry>;

  Entry& touch(std::string_view source, Clock::time_point now);

  Limits limits_;
  Entries entries_;  // most recent first
  std::unordered_map<std::string_view, Entries::iterator> index_;
};

// What counts as one source: an IPv4 address, or the /64 of an IPv6 address.
std::string source_of(std::string_view address);

}  // namespace cus::auth
