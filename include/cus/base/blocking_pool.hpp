// SPDX-License-Identifier: Apache-2.0
#pragma once
// The only door to threads: whatever blocks (SQLite, getaddrinfo, directory walks, hashing) runs here and the
// caller is back on its own loop afterwards. The job must not touch state of the loop. Two pools exist, one
// for short metadata work and one for bulk work, so that neither starves the other.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <type_traits>

#include "cus/base/task.hpp"

namespace cus {

class BlockingPool {
 public:
  explicit BlockingPool(std::size_t threads) : pool_(threads) {}
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;
  ~BlockingPool() { pool_.join(); }

  // Runs `job` (taken by value) on a thread of the pool; an exception of the job reaches the caller.
  template <class Job>
  Task<std::invoke_result_t<Job>> run(Job job) {
    co_return co_await boost::asio::co_spawn(pool_, call(std::move(job)), boost::asio::use_awaitable);
  }
  void join() { pool_.join(); }

 private:
  template <class Job>
  static Task<std::invoke_result_t<Job>> call(Job job) {
    co_return job();
  }
  boost::asio::thread_pool pool_;
};

}  // namespace cus
