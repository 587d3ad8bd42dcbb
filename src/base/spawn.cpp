// SPDX-License-Identifier: Apache-2.0
#include "cus/base/spawn.hpp"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <string>

#include "cus/base/log.hpp"

namespace cus {

void spawn(Executor executor, std::string_view name, Task<> task) {
  boost::asio::co_spawn(std::move(executor), std::move(task),
                        [name = std::string(name)](const std::exception_ptr& thrown) {
                          if (!thrown) return;
                          try {
                            std::rethrow_exception(thrown);
                          } catch (const std::exception& error) {
                            log::error("task.exception", {{"task", name}, {"what", error.what()}});
                          }
                        });
}

}  // namespace cus
