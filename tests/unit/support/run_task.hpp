// SPDX-License-Identifier: Apache-2.0
#pragma once
// Runs a task to its end on a loop of its own and returns its value; fails the test when nothing is left to
// do before.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <type_traits>

#include "cus/base/task.hpp"

namespace cus::test {

// co_spawn wants results that can be made of nothing; ours need not be.
template <class T>
Task<std::shared_ptr<T>> boxed(Task<T> task) {
  co_return std::make_shared<T>(co_await std::move(task));
}
inline Task<std::shared_ptr<void>> boxed(Task<> task) {
  co_await std::move(task);
  co_return nullptr;
}

template <class T>
T run_task(boost::asio::io_context& loop, Task<T> task,
           std::chrono::seconds limit = std::chrono::seconds(20)) {
  auto result = boost::asio::co_spawn(loop, boxed(std::move(task)), boost::asio::use_future);
  loop.restart();
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (result.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    if (loop.run_one_until(deadline) == 0) throw std::runtime_error("the task did not end in time");
  }
  if constexpr (std::is_void_v<T>) {
    result.get();
  } else {
    return std::move(*result.get());
  }
}

}  // namespace cus::test
