// SPDX-License-Identifier: Apache-2.0
#include "egress/resolver.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "cus/base/event.hpp"
#include "cus/base/spawn.hpp"

namespace cus::egress {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t max_answers = 16;

struct Answer {
  std::vector<Address> addresses;
  int error = 0;
};

std::optional<Address> to_address(const sockaddr* from) {
  if (from->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, from, sizeof v4);
    return ip::address_v4(ntohl(v4.sin_addr.s_addr));
  }
  if (from->sa_family != AF_INET6) return std::nullopt;
  sockaddr_in6 v6{};
  std::memcpy(&v6, from, sizeof v6);
  ip::address_v6::bytes_type bytes;
  std::ranges::copy(v6.sin6_addr.s6_addr, bytes.begin());
  return plain(ip::address_v6(bytes, v6.sin6_scope_id));
}

Answer look_up(const std::string& host, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* found = nullptr;
  Answer answer;
  answer.error = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (answer.error != 0) return answer;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  for (const addrinfo* next = found; next != nullptr && answer.addresses.size() < max_answers;
       next = next->ai_next) {
    if (const auto address = to_address(next->ai_addr)) answer.addresses.push_back(*address);
  }
  return answer;
}

}  // namespace

struct Resolver::LookUp {
  LookUp(const Executor& executor, std::shared_ptr<Pending> count, StorageId who, std::string name)
      : done(executor), pending(std::move(count)), sandbox(std::move(who)), host(std::move(name)) {
    ++pending->total;
    ++pending->per_sandbox[sandbox];
  }
  LookUp(const LookUp&) = delete;
  LookUp& operator=(const LookUp&) = delete;
  ~LookUp() {
    --pending->total;
    if (--pending->per_sandbox[sandbox] == 0) pending->per_sandbox.erase(sandbox);
  }

  Event done;
  Answer answer;
  std::shared_ptr<Pending> pending;
  StorageId sandbox;
  std::string host;
};

Resolver::Resolver(Executor executor, BlockingPool& pool)
    : executor_(std::move(executor)), pool_(pool), pending_(std::make_shared<Pending>()) {}

Task<> Resolver::run(BlockingPool& pool, std::shared_ptr<LookUp> look) {
  look->answer = co_await pool.run([host = look->host] { return look_up(host, AI_ADDRCONFIG); });
  look->done.set();
}

Task<Allowed<std::vector<Address>>> Resolver::resolve(const StorageId& sandbox, const std::string& host,
                                                      Deadline deadline) {
  // The decimal, octal and shortened forms of an address are literals too.
  Answer literal = look_up(host, AI_NUMERICHOST);
  if (literal.error == 0) co_return std::move(literal.addresses);
  if (pending_->total >= max_pending) {
    co_return refusal(Outcome::server_full, "The server is looking up too many names. Try again shortly.");
  }
  const auto mine = pending_->per_sandbox.find(sandbox);
  if (mine != pending_->per_sandbox.end() && mine->second >= max_pending_per_sandbox) {
    co_return refusal(Outcome::sandbox_full,
                      "This sandbox is looking up too many names at once. Try again shortly.");
  }
  const auto look = std::make_shared<LookUp>(executor_, pending_, sandbox, host);
  spawn(executor_, "egress.look_up", run(pool_, look));
  if (!co_await look->done.wait(deadline)) {
    co_return refusal(Outcome::timed_out, "Looking up " + host + " took too long.");
  }
  if (look->answer.addresses.empty()) {
    co_return refusal(Outcome::unresolved, look->answer.error == EAI_AGAIN
                                               ? "The name " + host + " could not be looked up just now."
                                               : "The name " + host + " does not resolve to an address.");
  }
  co_return look->answer.addresses;
}

}  // namespace cus::egress
