// SPDX-License-Identifier: Apache-2.0
#include "cus/base/spawn.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/execution_context.hpp>
#include <exception>
#include <string>

#include "cus/base/event.hpp"
#include "cus/base/log.hpp"

namespace cus {
namespace {

namespace asio = boost::asio;

// The number of spawned tasks of one loop; it lives in the loop.
class TaskCount : public asio::execution_context::service {
 public:
  using key_type = TaskCount;
  static inline asio::execution_context::id id;

  explicit TaskCount(asio::execution_context& context) : service(context) {}
  static TaskCount& of(const Executor& executor) {
    return asio::use_service<TaskCount>(asio::query(executor, asio::execution::context));
  }
  std::size_t live = 0;

 private:
  void shutdown() override {}
};

}  // namespace

void spawn(Executor executor, std::string_view name, Task<> task) {
  TaskCount& count = TaskCount::of(executor);
  ++count.live;
  asio::co_spawn(std::move(executor), std::move(task),
                 [&count, name = std::string(name)](const std::exception_ptr& thrown) {
                   --count.live;
                   if (!thrown) return;
                   try {
                     std::rethrow_exception(thrown);
                   } catch (const std::exception& error) {
                     log::error("task.exception", {{"task", name}, {"what", error.what()}});
                   }
                 });
}

Task<bool> tasks_ended(Executor executor, Deadline deadline, std::size_t others) {
  constexpr auto pause = std::chrono::milliseconds(2);
  const TaskCount& count = TaskCount::of(executor);
  while (count.live > others) {
    if (Clock::now() >= deadline) co_return false;
    co_await sleep_until(after(pause));
  }
  co_return true;
}

}  // namespace cus
