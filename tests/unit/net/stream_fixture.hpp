// SPDX-License-Identifier: Apache-2.0
#pragma once
// Pairs of connected streams on a loop of the test's own.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <string>

#include "cus/base/event.hpp"
#include "cus/base/spawn.hpp"
#include "cus/net/stream.hpp"
#include "support/run_task.hpp"

namespace cus::net {

inline Deadline soon() {
  return after(std::chrono::seconds(15));
}
inline Deadline at_once() {
  return after(std::chrono::milliseconds(20));
}

class StreamTest : public ::testing::Test {
 protected:
  using UnixSocket = boost::asio::local::stream_protocol::socket;

  std::pair<StreamPtr, StreamPtr> make_pair() {
    UnixSocket a(loop_);
    UnixSocket b(loop_);
    boost::asio::local::connect_pair(a, b);
    return {make_stream(std::move(a)), make_stream(std::move(b))};
  }
  template <class T>
  T run(Task<T> task) {
    return test::run_task(loop_, std::move(task));
  }
  void write(Stream& stream, std::string_view bytes) {
    EXPECT_TRUE(run(stream.write(bytes, soon())).has_value());
  }
  // What one read returns; "" at the end, the name of the code when it fails.
  std::string read(Stream& stream, Deadline deadline = soon(), std::size_t size = 4096) {
    std::string into(size, '\0');
    const auto got = run(stream.read_some(into, deadline));
    if (!got) return std::string(code_name(got.error().code));
    return into.substr(0, *got);
  }
  std::string read_to_end(Stream& stream) {
    std::string all;
    for (std::string piece = read(stream); !piece.empty(); piece = read(stream)) all += piece;
    return all;
  }

  boost::asio::io_context loop_;
};

}  // namespace cus::net
