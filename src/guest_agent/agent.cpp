// SPDX-License-Identifier: Apache-2.0
#include "agent.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>

#include "build_id.hpp"
#include "dialer.hpp"
#include "home.hpp"
#include "job_process.hpp"
#include "launch.hpp"
#include "memory_guard.hpp"
#include "proxy_port.hpp"

namespace cus::guest_agent {
namespace {

// Two seconds in all, of which the engine's own clock takes a little.
constexpr auto leave_grace = std::chrono::milliseconds(1000);
constexpr auto leave_limit = std::chrono::milliseconds(1500);
constexpr auto leave_look = std::chrono::milliseconds(10);

Task<> leave(boost::asio::io_context& loop, JobTable& jobs, std::shared_ptr<Reaper> reaper) {
  jobs.kill_all("sandbox stopped", leave_grace);
  const Deadline deadline = after(leave_limit);
  while (!reaper->idle() && Clock::now() < deadline) co_await sleep_until(after(leave_look));
  reaper->destroy_all();
  loop.stop();
}

}  // namespace

int run_agent(const Options& options) {
  reserve_low_descriptors();
  // Closed to jobs: no ptrace, no /proc/1/mem. Set before the token can be there.
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  // PID 1 is one anyway; elsewhere what lost its supervisor still comes here.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);

  auto token = Token::make();
  if (!token) {
    complain("no memory for the token", token.error().cause.c_str());
    return 1;
  }
  const Identity identity{.boot = random_hex(16), .build = build_id()};
  boost::asio::io_context loop(1);
  const Executor executor = loop.get_executor();
  SpoolDirectory spools(options.spool_directory);
  OomCounter oom;
  std::function<void()> terminate;
  const auto reaper = std::make_shared<Reaper>(executor, [&terminate] { terminate(); });
  Supervisors supervisors(executor, *reaper);
  JobTable jobs(executor, spools, *reaper, supervisors, oom);
  Service service(identity, jobs, oom);
  Dialer dialer(executor, options.socket, identity, std::move(*token), service);
  bool leaving = false;
  terminate = [&loop, &jobs, &supervisors, &leaving, executor, reaper] {
    supervisors.dismiss();
    if (!leaving) launch(executor, leave(loop, jobs, reaper));
    leaving = true;
  };

  reaper->start();
  supervisors.prepare();
  dialer.do_meanwhile([&options] {
    if (!fill_home(options.home)) complain("the home is incomplete", options.home.c_str());
  });
  launch(executor, dialer.run());
  if (options.memory_limit > 0) launch(executor, guard_memory(options.memory_limit, oom));
  const auto open = std::make_shared<int>(0);
  for (const ProxyPort port : {ProxyPort{.port = options.http_port, .via = "http"},
                               ProxyPort{.port = options.socks_port, .via = "socks"}}) {
    if (port.port != 0) launch(executor, serve_proxy_port(dialer, port, open));
  }
  loop.run();
  // Tasks still wait on what lies above: leave without unwinding them.
  ::_exit(0);
}

}  // namespace cus::guest_agent
