// SPDX-License-Identifier: Apache-2.0
#pragma once
// Every asynchronous function returns a Task and runs on the one event loop. Tasks are lazy: a Task that is
// spawned takes its arguments by value; one that is awaited at once may take references.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace cus {

template <class T = void>
using Task = boost::asio::awaitable<T>;

using Executor = boost::asio::any_io_executor;

}  // namespace cus
