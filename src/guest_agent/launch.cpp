// SPDX-License-Identifier: Apache-2.0
#include "launch.hpp"

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <string>

namespace cus::guest_agent {

void complain(const char* what, const char* detail) {
  const std::string line = std::string("computer-use-guest: ") + what + ": " + detail + "\n";
  // Nobody may be reading: a lost line is no reason to stop.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

void launch(const Executor& executor, Task<> task) {
  boost::asio::co_spawn(executor, std::move(task), [](const std::exception_ptr& thrown) {
    if (!thrown) return;
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      complain("a task failed", error.what());
    }
  });
}

}  // namespace cus::guest_agent
