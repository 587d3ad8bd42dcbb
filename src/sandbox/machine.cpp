// SPDX-License-Identifier: Apache-2.0
#include "machine.hpp"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <nlohmann/json.hpp>

#include "cus/base/log.hpp"
#include "cus/base/spawn.hpp"
#include "cus/guest/protocol.hpp"

namespace cus::sandbox {
namespace {

constexpr auto call_home_limit = std::chrono::seconds(10);
// A guest that outlived the server dials within 250 ms; a little more covers a loaded machine.
constexpr auto redial_limit = std::chrono::seconds(3);
constexpr auto stop_grace = std::chrono::seconds(5);
constexpr auto quiet_time = std::chrono::milliseconds(500);
constexpr auto short_use = std::chrono::milliseconds(250);
constexpr auto status_limit = std::chrono::seconds(2);

constexpr std::string_view restarted_news =
    "Note: the sandbox was stopped and has been started again. Files in /home/assistant and /mnt/user-data "
    "are as they "
    "were; processes and everything in /tmp are gone.";

bool is_of_engine(Code code) {
  return code == Code::engine_unavailable || code == Code::engine_refused || code == Code::image_missing;
}

guest::GuestListenerHooks make_hooks(const Services& services, const StorageId& storage) {
  guest::GuestListenerHooks hooks;
  hooks.egress = [&services, storage](const std::string& via, net::StreamPtr stream) {
    const auto entry = via == "socks" ? egress::Entry::socks : egress::Entry::http;
    spawn(services.executor, "egress", services.egress.serve(storage, entry, std::move(stream)));
  };
  hooks.lost = [storage] { log::info("sandbox.guest_lost", {{"storage", storage.str()}}); };
  return hooks;
}

}  // namespace

Machine::Machine(const Services& services, ChatKey key, StorageId storage, bool has_history)
    : services_(services),
      key_(std::move(key)),
      storage_(std::move(storage)),
      listener_(services.executor, make_hooks(services, storage_)),
      has_history_(has_history) {}

Result<> Machine::adopt(store::SandboxRow row) {
  row_ = std::move(row);
  has_history_ = true;
  listener_.expect_token(row_->token);
  return listener_.listen(services_.layout.server_socket(storage_));
}

void Machine::release() {
  --holds_;
  used_ = true;
  touch();
}

std::shared_ptr<Machine::Flight> Machine::begin(Step step) {
  const auto flight = std::make_shared<Flight>(services_.executor);
  flight_ = flight;
  // The step may have ended before spawn returns.
  spawn(services_.executor, "sandbox.flight", fly(shared_from_this(), flight, step));
  return flight;
}

Task<> Machine::fly(std::shared_ptr<Machine> self, std::shared_ptr<Flight> flight, Step step) {
  flight->result = fail(Code::internal, "The sandbox could not be started. The server's log says why.");
  try {
    flight->result = co_await ((*self).*step)();
    if (!flight->result && is_of_engine(flight->result.error().code))
      ++self->services_.counters->engine_errors;
  } catch (const std::exception& error) {
    log::error("sandbox.flight_exception", {{"storage", self->storage_.str()}, {"what", error.what()}});
  }
  self->flight_.reset();
  flight->done.set();
}

Task<Result<>> Machine::wake(Deadline deadline) {
  while (!ready()) {
    const bool mine = flight_ == nullptr;
    const std::shared_ptr<Flight> flight = mine ? begin(&Machine::start) : flight_;
    if (!co_await flight->done.wait(deadline)) {
      co_return fail(Code::timed_out, "The sandbox is still being started. Try again in a moment.");
    }
    // A stop that was under way is followed by a start of our own.
    if (!flight->result) co_return flight->result;
  }
  co_return Result<>{};
}

void Machine::rouse() {
  if (rousing_ || Clock::now() - last_activity_ < quiet_time) return;
  rousing_ = true;
  spawn(services_.executor, "sandbox.rouse", rouse_if_silent(shared_from_this()));
}

// Most uses are over before anything is asked.
Task<> Machine::rouse_if_silent(std::shared_ptr<Machine> self) {
  co_await sleep_until(after(short_use));
  if (self->holds_ > 0 && self->ready() && !co_await self->guest().status(after(status_limit)) &&
      self->ready()) {
    self->begin(&Machine::thaw);
  }
  self->rousing_ = false;
}

// An engine that does not answer is no reason to refuse a sandbox that may be well.
Task<Result<>> Machine::thaw() {
  const Result<engine::Sandbox> found = co_await services_.engine.inspect(storage_);
  if (!found || found->state != engine::State::paused) co_return Result<>{};
  log::info("sandbox.resumed", {{"storage", storage_.str()}});
  co_return co_await services_.engine.resume(storage_);
}

Task<Result<>> Machine::make_directories() {
  const Result<engine::Owner> owner = co_await services_.engine.owner(storage_);
  if (!owner) co_return std::unexpected(owner.error());
  const Layout layout = services_.layout;
  co_return co_await services_.pool.run([layout, storage = storage_, key = key_, owner = *owner] {
    return layout.make_chat(storage, key, owner.uid, owner.gid);
  });
}

// With a new token: the row is there before the container, so that what exists in the engine is always known
// to the store.
Task<Result<>> Machine::remember(const engine::SandboxSpec& spec, const std::string& hash) {
  store::SandboxRow row{.storage = storage_,
                        .image = spec.image,
                        .spec_hash = hash,
                        .token = random_hex(guest::token_bytes),
                        .created = std::chrono::system_clock::now()};
  Result<> put = co_await services_.store.put_sandbox(row);
  if (put) row_ = std::move(row);
  co_return put;
}

Task<Result<>> Machine::start() {
  const auto began = Clock::now();
  const Layout layout = services_.layout;
  const engine::SandboxSpec spec = make_spec(layout, services_.settings, services_.instance, storage_);
  const std::string hash = spec_hash(spec);
  engine::State state = engine::State::absent;
  const bool remembered = !row_;
  if (remembered) {
    using boost::asio::experimental::awaitable_operators::operator&&;
    const auto [made, kept] = co_await (make_directories() && remember(spec, hash));
    if (!made) co_return made;
    if (!kept) co_return kept;
  } else {
    if (const Result<> made = co_await make_directories(); !made) co_return made;
    const Result<engine::Sandbox> found = co_await services_.engine.inspect(storage_);
    if (!found) co_return std::unexpected(found.error());
    state = found->state;
  }
  const Result<> started = co_await start_from(state, spec, remembered ? std::string() : hash);
  if (!started) {
    ++services_.counters->failed_starts;
    log::failure(log::Level::error, "sandbox.start_failed", started.error(), {{"storage", storage_.str()}});
    co_return started;
  }
  has_history_ = true;
  touch();
  const auto took = Clock::now() - began;
  services_.counters->start_seconds.observe(std::chrono::duration<double>(took).count());
  log::info("sandbox.ready", {{"storage", storage_.str()},
                              {"from", engine::state_name(state)},
                              {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(took).count()}});
  co_return Result<>{};
}

Task<Result<>> Machine::start_from(engine::State state, const engine::SandboxSpec& spec,
                                   const std::string& hash) {
  if (state == engine::State::paused) {
    if (const Result<> resumed = co_await services_.engine.resume(storage_); !resumed) co_return resumed;
    state = engine::State::running;
  }
  if (state == engine::State::running) {
    if (co_await listener_.wait_connected(after(redial_limit))) co_return Result<>{};
    log::warn("sandbox.guest_silent", {{"storage", storage_.str()}});
    if (const Result<> stopped = co_await services_.engine.stop(storage_, stop_grace); !stopped)
      co_return stopped;
    state = engine::State::stopped;
  }
  const bool stale = !hash.empty() && row_->spec_hash != hash;
  bool create = state == engine::State::absent;
  if (state == engine::State::dead || (stale && !create)) {
    const Result<> removed = co_await services_.engine.remove(storage_, services_.instance);
    if (!removed) co_return removed;
    create = true;
  }
  if (has_history_) news_ = restarted_news;
  if (!hash.empty()) {
    if (const Result<> kept = co_await remember(spec, hash); !kept) co_return kept;
  }
  co_return co_await launch(spec, create);
}

Task<Result<>> Machine::launch(const engine::SandboxSpec& spec, bool create) {
  listener_.expect_first(row_->token);
  if (const Result<> heard = listener_.listen(services_.layout.server_socket(storage_)); !heard)
    co_return heard;
  if (create) {
    if (const Result<> created = co_await services_.engine.create(spec); !created) co_return created;
  }
  if (const Result<> started = co_await services_.engine.start(storage_); !started) co_return started;
  if (co_await listener_.wait_connected(after(call_home_limit))) co_return Result<>{};
  co_return fail(
      Code::unavailable,
      "The sandbox was started but did not call home. Run 'computer-use-server doctor' to see why.",
      "no guest connection within 10 s");
}

Task<Result<>> Machine::stop(int holders) {
  if (flight_ || holds_ > holders) co_return fail(Code::conflict, "The sandbox is in use.");
  const std::shared_ptr<Flight> flight = begin(&Machine::halt);
  co_await flight->done.wait();
  co_return flight->result;
}

Task<Result<>> Machine::halt() {
  const Result<> stopped = co_await services_.engine.stop(storage_, stop_grace);
  if (stopped) log::info("sandbox.stopped", {{"storage", storage_.str()}});
  co_return stopped;
}

Task<Result<>> Machine::remove() {
  while (flight_) co_await std::shared_ptr<Flight>(flight_)->done.wait();
  const std::shared_ptr<Flight> flight = begin(&Machine::discard);
  co_await flight->done.wait();
  co_return flight->result;
}

Task<Result<>> Machine::discard() {
  if (const Result<> removed = co_await services_.engine.remove(storage_, services_.instance); !removed)
    co_return removed;
  listener_.close();
  if (const Result<> forgotten = co_await services_.store.remove_sandbox(storage_); !forgotten)
    co_return forgotten;
  row_.reset();
  log::info("sandbox.removed", {{"storage", storage_.str()}});
  co_return Result<>{};
}

}  // namespace cus::sandbox
