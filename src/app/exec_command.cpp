// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>

#include "commands.hpp"
#include "cus/base/spawn.hpp"
#include "with_server.hpp"

namespace cus::app {
namespace {

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote <= 0) return;  // whoever read it has gone
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

// The way a shell would tell it: the command's own code, 128 + signal, 124 for the time limit, 125 for "it
// never ran".
int exit_code(const guest::JobEnd& end) {
  if (end.timed_out) return 124;
  if (end.code) return *end.code;
  if (end.signal) return 128 + *end.signal;
  return exit_unusable;
}

void explain(const guest::JobEnd& end) {
  if (end.error) fmt::print(stderr, "computer-use-server: {}\n", *end.error);
  if (end.timed_out) fmt::print(stderr, "computer-use-server: the command ran into its time limit\n");
  if (end.out_of_memory) fmt::print(stderr, "computer-use-server: the sandbox ran out of memory\n");
  if (end.killed && !end.timed_out) fmt::print(stderr, "computer-use-server: killed ({})\n", *end.killed);
}

// Ctrl-C leaves the command to itself, so that a slip of the finger costs no work.
Task<> detach_at_signal(boost::asio::signal_set& signals, guest::JobStream& job, bool& interrupted) {
  const auto [error, number] = co_await signals.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  if (error) co_return;
  interrupted = true;
  job.detach();
}

int lost(const guest::JobStream& job, bool interrupted) {
  fmt::print(stderr, "computer-use-server: {}; the command goes on. Read on with: exec CHAT --job {}\n",
             interrupted ? "detached" : "the server is gone", job.id().str());
  return interrupted ? 130 : exit_unusable;
}

Task<int> follow(guest::JobStream& job, const bool& interrupted) {
  for (;;) {
    const Result<guest::JobEvent> event = co_await job.next(no_deadline);
    if (!event) co_return lost(job, interrupted);
    if (const auto* output = std::get_if<guest::JobOutput>(&*event)) {
      write_all(output->channel == guest::Channel::output ? STDOUT_FILENO : STDERR_FILENO, output->bytes);
    } else if (const auto* gap = std::get_if<guest::JobGap>(&*event)) {
      fmt::print(stderr, "computer-use-server: bytes {} to {} of the output are no longer kept\n", gap->from,
                 gap->to);
    } else if (const auto* end = std::get_if<guest::JobEnd>(&*event)) {
      explain(*end);
      co_return exit_code(*end);
    }
  }
}

Task<int> exec(ControlClient& client, ExecRequest request) {
  Result<guest::JobStream> job = co_await client.exec(request);
  if (!job) {
    print_error(job.error());
    co_return exit_unusable;
  }
  const Executor executor = co_await boost::asio::this_coro::executor;
  boost::asio::signal_set signals(executor, SIGINT, SIGTERM);
  bool interrupted = false;
  spawn(executor, "exec.signal", detach_at_signal(signals, *job, interrupted));
  const int code = co_await follow(*job, interrupted);
  signals.cancel();
  co_return code;
}

}  // namespace

int run_exec(const config::Config& config, const config::Exec& command) {
  ExecRequest request;
  request.key = command.key;
  request.argv = command.argv;
  request.job = command.job.value_or(new_job_id());
  request.offset = command.offset;
  request.timeout = command.timeout.value_or(config.command_timeout);
  return with_server(config, [request](ControlClient& client) { return exec(client, request); });
}

}  // namespace cus::app
