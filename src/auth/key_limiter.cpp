// SPDX-License-Identifier: Apache-2.0
#include "cus/auth/key_limiter.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cmath>

namespace cus::auth {

std::optional<std::chrono::seconds> KeyLimiter::judge(std::string_view source,
                                                      const std::optional<TenantId>& owner,
                                                      Clock::time_point now) {
  // The usual case costs one look-up: a right key from a source that is known to hold it.
  Entry& entry = touch(source, now);
  const bool known = owner && std::ranges::find(entry.known, *owner) != entry.known.end();
  if (known) return std::nullopt;
  if (entry.budget < 1) {
    const double missing = (1 - entry.budget) * static_cast<double>(limits_.refill_one.count());
    return std::chrono::seconds(std::max<std::int64_t>(1, std::llround(std::ceil(missing))));
  }
  if (!owner) {
    entry.budget -= 1;
  } else if (entry.known.size() < limits_.tenants_per_source) {
    entry.known.push_back(*owner);
  }
  return std::nullopt;
}

KeyLimiter::Entry& KeyLimiter::touch(std::string_view source, Clock::time_point now) {
  if (const auto found = index_.find(source); found != index_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    Entry& entry = entries_.front();
    const std::chrono::duration<double> passed = now - entry.refilled;
    entry.budget = std::min(limits_.wrong_keys,
                            entry.budget + passed.count() / static_cast<double>(limits_.refill_one.count()));
    entry.refilled = now;
    return entry;
  }
  if (entries_.size() >= limits_.sources) {
    index_.erase(entries_.back().source);
    entries_.pop_back();
  }
  entries_.push_front({std::string(source), limits_.wrong_keys, now, {}});
  // The key views the string of a list node, which never moves.
  index_.emplace(entries_.front().source, entries_.begin());
  return entries_.front();
}

std::string source_of(std::string_view address) {
  namespace ip = boost::asio::ip;
  boost::system::error_code error;
  const ip::address parsed = ip::make_address(std::string(address), error);
  if (error || parsed.is_v4()) return std::string(address);
  const ip::address_v6 v6 = parsed.to_v6();
  if (v6.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, v6).to_string();
  auto bytes = v6.to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  return ip::address_v6(bytes).to_string() + "/64";
}

}  // namespace cus::auth
