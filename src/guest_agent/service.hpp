// SPDX-License-Identifier: Apache-2.0
#pragma once
// Answers the server's requests on one work connection after another (docs/guest-protocol.md).

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "cus/net/http.hpp"
#include "hello.hpp"
#include "job_table.hpp"
#include "target.hpp"

namespace cus::guest_agent {

// Whether a work connection waits for a request: the dialer keeps some that do.
enum class WorkState : std::uint8_t { idle, busy };
using WorkReport = std::function<void(WorkState)>;

class Service {
 public:
  Service(const Identity& identity, JobTable& jobs, const OomCounter& oom);

  // Serves until the connection ends. It was idle when it came and reports each change.
  Task<> serve(net::StreamPtr stream, std::string already_read, WorkReport report);

 private:
  struct Request {
    net::RequestHead head;
    Target target;
    std::string body;
  };
  // The connection for the next request, or nullopt when it has ended.
  using Next = std::optional<net::HttpConnection>;
  Task<Next> answer(net::HttpConnection connection, Request request);
  Task<Next> start_job(net::HttpConnection connection, Request request);
  Task<Next> attach(net::HttpConnection connection, Request request);
  Task<Next> follow(net::HttpConnection connection, std::shared_ptr<Job> job, Wants wants);
  Task<Next> open_tunnel(net::HttpConnection connection, Request request);
  std::string answer_plain(const Request& request);
  std::string kill_job(const Request& request);
  std::string forget_job(const Request& request);
  Json status() const;

  const Identity& identity_;
  JobTable& jobs_;
  const OomCounter& oom_;
  Deadline started_ = Clock::now();
};

}  // namespace cus::guest_agent
