// SPDX-License-Identifier: Apache-2.0
#include "cus/egress/egress.hpp"

#include <chrono>
#include <map>
#include <set>

#include "cus/base/log.hpp"
#include "egress/session.hpp"

namespace cus::egress {
namespace {

// Connections beyond a cap are served just long enough to be told so, as many again as the cap; then they are
// dropped.
constexpr std::size_t told_factor = 2;

void log_end(const Session& session, Entry entry, Deadline begun) {
  const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
  Outcome outcome = session.outcome;
  if (session.traffic->over_limit()) outcome = Outcome::byte_limit;
  if (session.traffic->closed()) outcome = Outcome::closed;
  log::info("egress.end", {{"sandbox", session.sandbox.str()},
                           {"via", entry == Entry::http ? "http" : "socks"},
                           {"host", session.last.host},
                           {"port", session.last.port},
                           {"requests", session.requests},
                           {"up", session.traffic->up()},
                           {"down", session.traffic->down()},
                           {"ms", spent.count()},
                           {"outcome", outcome_name(outcome)}});
}

}  // namespace

struct Egress::Impl {
  Impl(Executor executor, BlockingPool& pool, Options o)
      : options(std::move(o)), dialler(std::move(executor), pool, options) {}

  // A connection's place in the counts.
  class Place {
   public:
    Place(Impl& impl, StorageId sandbox, std::shared_ptr<Traffic> traffic)
        : impl_(impl), sandbox_(std::move(sandbox)), traffic_(std::move(traffic)) {
      ++impl_.per_sandbox[sandbox_];
      impl_.open.insert(traffic_);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() {
      impl_.open.erase(traffic_);
      if (--impl_.per_sandbox[sandbox_] == 0) impl_.per_sandbox.erase(sandbox_);
    }

   private:
    Impl& impl_;
    StorageId sandbox_;
    std::shared_ptr<Traffic> traffic_;
  };

  // Why a new connection of `sandbox` may not go out; nothing when it may.
  std::optional<Refusal> denial(const StorageId& sandbox) const;
  bool overrun(const StorageId& sandbox) const {
    return count(sandbox) >= told_factor * options.max_connections_per_sandbox ||
           open.size() >= told_factor * options.max_connections;
  }
  std::size_t count(const StorageId& sandbox) const {
    const auto found = per_sandbox.find(sandbox);
    return found == per_sandbox.end() ? 0 : found->second;
  }
  static Task<> run(std::shared_ptr<Impl> impl, StorageId sandbox, Entry entry, net::StreamPtr stream);

  const Options options;
  Dialler dialler;
  std::map<StorageId, std::size_t> per_sandbox;
  std::set<std::shared_ptr<Traffic>> open;
};

std::optional<Refusal> Egress::Impl::denial(const StorageId& sandbox) const {
  if (!options.enabled) {
    return Refusal{
        .why = Outcome::disabled,
        .text = "Egress refused: the network of this sandbox is switched off (ENABLE_NETWORK=false)."};
  }
  if (count(sandbox) >= options.max_connections_per_sandbox) {
    return Refusal{.why = Outcome::sandbox_full,
                   .text = "Egress refused: this sandbox has " +
                           std::to_string(options.max_connections_per_sandbox) +
                           " connections open, the most it may. Close some and try again."};
  }
  if (open.size() >= options.max_connections) {
    return Refusal{
        .why = Outcome::server_full,
        .text = "Egress refused: the server has as many connections open as it may. Try again shortly."};
  }
  return std::nullopt;
}

Task<> Egress::Impl::run(std::shared_ptr<Impl> impl, StorageId sandbox, Entry entry, net::StreamPtr stream) {
  Session session{.sandbox = sandbox,
                  .dialler = impl->dialler,
                  .options = impl->options,
                  .traffic = std::make_shared<Traffic>(impl->options.max_bytes_per_connection),
                  .denied = impl->denial(sandbox),
                  .last = {}};
  const Deadline begun = Clock::now();
  if (impl->overrun(sandbox)) {
    session.outcome = session.denied->why;
    log_end(session, entry, begun);
    co_return;
  }
  const Place place(*impl, std::move(sandbox), session.traffic);
  net::StreamPtr client = make_leg(session.traffic, std::move(stream), Side::sandbox);
  if (entry == Entry::http) {
    co_await serve_http(session, std::move(client));
  } else {
    co_await serve_socks(session, std::move(client));
  }
  log_end(session, entry, begun);
}

Egress::Egress(Executor executor, BlockingPool& pool, Options options)
    : impl_(std::make_shared<Impl>(std::move(executor), pool, std::move(options))) {}

Egress::~Egress() {
  close_all();
}

Task<> Egress::serve(StorageId sandbox, Entry entry, net::StreamPtr stream) {
  return Impl::run(impl_, std::move(sandbox), entry, std::move(stream));
}

std::size_t Egress::open_connections() const {
  return impl_->open.size();
}

void Egress::close_all() {
  for (const auto& traffic : impl_->open) traffic->close();
}

}  // namespace cus::egress
