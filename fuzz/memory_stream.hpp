// SPDX-License-Identifier: Apache-2.0
#pragma once
// A stream that has bytes to read and then ends, without a socket: they arrive in the pieces that are asked
// for. Nothing ever waits, so run() comes back at once.

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <string>

#include "cus/net/stream.hpp"
#include "fuzz/fuzz.hpp"

namespace cus::fuzz {

class MemoryStream final : public net::Stream {
 public:
  MemoryStream(Executor executor, std::string bytes, std::size_t largest_piece)
      : executor_(std::move(executor)),
        bytes_(std::move(bytes)),
        choices_(bytes_),
        largest_piece_(largest_piece) {}

  Task<Result<std::size_t>> read_some(std::span<char> into, Deadline) override {
    const std::size_t piece =
        largest_piece_ < bytes_.size() ? choices_.up_to(largest_piece_) : largest_piece_;
    const std::size_t size = std::min({into.size(), bytes_.size() - read_, piece});
    std::copy_n(bytes_.data() + read_, size, into.data());
    read_ += size;
    co_return size;
  }
  Task<Result<>> write(std::string_view, Deadline) override { co_return Result<>(); }
  Task<Result<bool>> wait_readable(Deadline) override { co_return true; }
  void shutdown_send() override {}
  void close() override {}
  Executor executor() override { return executor_; }

 private:
  Executor executor_;
  std::string bytes_;
  Choices choices_;
  std::size_t largest_piece_;
  std::size_t read_ = 0;
};

namespace detail {

template <class T>
Task<> keep_result(Task<T> task, std::optional<T>& result) {
  result.emplace(co_await std::move(task));
}

}  // namespace detail

template <class T>
T run(boost::asio::io_context& loop, Task<T> task) {
  std::optional<T> result;
  loop.restart();
  boost::asio::co_spawn(loop, detail::keep_result(std::move(task), result),
                        [](const std::exception_ptr& thrown) {
                          if (thrown) std::rethrow_exception(thrown);
                        });
  loop.run();
  require(result.has_value(), "nothing waits for what never comes");
  return std::move(*result);
}

}  // namespace cus::fuzz
