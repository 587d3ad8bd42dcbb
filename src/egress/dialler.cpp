// SPDX-License-Identifier: Apache-2.0
#include "egress/dialler.hpp"

#include <algorithm>

namespace cus::egress {
namespace {

constexpr Clock::duration max_look_up = std::chrono::seconds(10);
constexpr Clock::duration max_attempt = std::chrono::seconds(5);

std::string private_text(const Destination& to, const Address& address) {
  const std::string text = address.to_string();
  const std::string entry = address.is_v4() ? text + "/32" : "[" + text + "]";
  return "Egress refused: " + to.host + " resolves to a private address (" + text +
         "). An operator can allow it with EGRESS_ALLOW_PRIVATE=" + entry + ":" + std::to_string(to.port) +
         ".";
}

std::vector<Address> alternate(const std::vector<Address>& addresses) {
  std::vector<Address> first;
  std::vector<Address> second;
  for (const Address& address : addresses) {
    (address.is_v4() == addresses.front().is_v4() ? first : second).push_back(address);
  }
  std::vector<Address> order;
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) order.push_back(first[i]);
    if (i < second.size()) order.push_back(second[i]);
  }
  if (order.size() > max_attempts) order.resize(max_attempts);
  return order;
}

}  // namespace

Allowed<std::vector<Address>> admit(const Destination& to, const std::vector<Address>& addresses,
                                    const AllowList& exceptions) {
  std::vector<Address> open;
  for (const Address& address : addresses) {
    if (is_public(address) || exceptions.covers(address, to.port)) open.push_back(plain(address));
  }
  if (!open.empty()) return alternate(open);
  if (addresses.empty()) return refusal(Outcome::unresolved, "The name " + to.host + " has no address.");
  return refusal(Outcome::private_address, private_text(to, plain(addresses.front())));
}

Dialler::Dialler(Executor executor, BlockingPool& pool, const Options& options)
    : resolver_(std::move(executor), pool),
      exceptions_(options.allow_private),
      timeout_(options.connect_timeout) {}

Task<Allowed<net::StreamPtr>> Dialler::dial(const StorageId& sandbox, const Destination& to) {
  const Deadline deadline = after(timeout_);
  const auto found = co_await resolver_.resolve(sandbox, to.host, std::min(deadline, after(max_look_up)));
  if (!found) co_return std::unexpected(found.error());
  const auto open = admit(to, *found, exceptions_);
  if (!open) co_return std::unexpected(open.error());
  bool timed_out = false;
  for (const Address& address : *open) {
    auto stream = co_await net::connect_tcp({address, to.port}, std::min(deadline, after(max_attempt)));
    if (stream) co_return std::move(*stream);
    timed_out = stream.error().code == Code::timed_out;
  }
  if (timed_out) co_return refusal(Outcome::timed_out, authority(to) + " did not answer in time.");
  co_return refusal(Outcome::unreachable, "No connection to " + authority(to) + ": nothing answers there.");
}

}  // namespace cus::egress
