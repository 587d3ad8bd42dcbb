// SPDX-License-Identifier: Apache-2.0
#include "engine/native/native_engine.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>

#include "cus/base/clock.hpp"
#include "cus/base/spawn.hpp"
#include "engine/native/native_host.hpp"
#include "engine/spec_check.hpp"

namespace cus::engine {
namespace {

namespace asio = boost::asio;

// The kernel ends a killed process soon, unless a disk holds it.
constexpr auto kill_limit = std::chrono::seconds(10);

// Bubblewrap's own process watches each sandbox and is our child; nobody wants to know how it ended.
void leave_reaping_to_the_kernel() {
  struct sigaction action{};
  action.sa_handler = SIG_DFL;
  action.sa_flags = SA_NOCLDWAIT;
  ::sigaction(SIGCHLD, &action, nullptr);
}

// Goes on by itself: it holds what it uses.
Task<> prepare_like(std::shared_ptr<BlockingPool> pool, std::shared_ptr<NativeHost> host, StorageId storage) {
  co_await pool->run([host, storage] { host->prepare_like(storage); });
}

}  // namespace

NativeEngine::NativeEngine(Executor executor, NativeOptions options)
    : executor_(std::move(executor)), host_(std::make_shared<NativeHost>(std::move(options))) {
  leave_reaping_to_the_kernel();
}

NativeEngine::~NativeEngine() = default;

Task<Result<Report>> NativeEngine::report() {
  co_return co_await pool_->run([host = host_] { return host->report(); });
}

Task<Result<>> NativeEngine::ping() {
  co_return host_->find_bwrap();
}

Task<Result<>> NativeEngine::require_image(const std::string& image) {
  co_return co_await pool_->run([host = host_, image] { return host->require_image(image); });
}

Task<Result<std::vector<Sandbox>>> NativeEngine::list(const InstanceId& instance) {
  co_return co_await pool_->run([host = host_, instance] { return host->list(instance); });
}

Task<Result<Owner>> NativeEngine::owner(const StorageId& storage) {
  if (const Result<> plain = check_storage_id(storage); !plain) co_return std::unexpected(plain.error());
  co_return co_await pool_->run([host = host_, storage] { return host->owner(storage); });
}

Task<Result<Sandbox>> NativeEngine::inspect(const StorageId& storage) {
  if (const Result<> plain = check_storage_id(storage); !plain) co_return std::unexpected(plain.error());
  co_return co_await pool_->run([host = host_, storage] { return host->inspect(storage); });
}

Task<Result<>> NativeEngine::create(const SandboxSpec& spec) {
  co_return co_await pool_->run([host = host_, spec] { return host->create(spec); });
}

Task<Result<>> NativeEngine::start(const StorageId& storage) {
  if (Result<> plain = check_storage_id(storage); !plain) co_return plain;
  Result<> started = co_await pool_->run([host = host_, storage] { return host->start(storage); });
  if (started) spawn(executor_, "engine.prepare", prepare_like(pool_, host_, storage));
  co_return started;
}

Task<Result<>> NativeEngine::resume(const StorageId& storage) {
  if (Result<> plain = check_storage_id(storage); !plain) co_return plain;
  co_return co_await pool_->run([host = host_, storage] { return host->resume(storage); });
}

Task<Result<>> NativeEngine::stop(const StorageId& storage, std::chrono::seconds grace) {
  if (Result<> plain = check_storage_id(storage); !plain) co_return plain;
  co_return co_await end(storage, grace);
}

Task<Result<>> NativeEngine::remove(const StorageId& storage, const InstanceId& instance) {
  if (Result<> plain = check_storage_id(storage); !plain) co_return plain;
  Result<> allowed =
      co_await pool_->run([host = host_, storage, instance] { return host->may_remove(storage, instance); });
  if (!allowed) co_return allowed;
  if (Result<> ended = co_await end(storage, std::chrono::milliseconds(0)); !ended) co_return ended;
  co_return co_await pool_->run([host = host_, storage] { return host->forget(storage); });
}

// With the sandbox's first process all others in its process namespace end.
Task<Result<>> NativeEngine::end(StorageId storage, std::chrono::milliseconds grace) {
  for (const int signal : {SIGTERM, SIGKILL}) {
    if (signal == SIGTERM && grace.count() == 0) continue;
    Result<Fd> process =
        co_await pool_->run([host = host_, storage, signal] { return host->ask_to_end(storage, signal); });
    if (!process) co_return std::unexpected(process.error());
    if (!*process ||
        co_await wait_ended(std::move(*process), after(signal == SIGTERM ? grace : kill_limit))) {
      co_await pool_->run([host = host_, storage] { return host->clear(storage); });
      co_return Result<>{};
    }
  }
  co_return fail(Code::engine_unavailable, "The sandbox's processes do not end.", storage.str());
}

Task<bool> NativeEngine::wait_ended(Fd process, Deadline deadline) {
  using namespace asio::experimental::awaitable_operators;
  asio::posix::stream_descriptor handle(executor_, process.release());
  asio::steady_timer limit(executor_);
  limit.expires_at(deadline);
  constexpr auto as_values = asio::as_tuple(asio::use_awaitable);
  const auto first = co_await (handle.async_wait(asio::posix::stream_descriptor::wait_read, as_values) ||
                               limit.async_wait(as_values));
  co_return first.index() == 0;
}

std::unique_ptr<ContainerEngine> make_native_engine(Executor executor, NativeOptions options) {
  return std::make_unique<NativeEngine>(std::move(executor), std::move(options));
}

}  // namespace cus::engine
