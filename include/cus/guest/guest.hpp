// SPDX-License-Identifier: Apache-2.0
#pragma once
// The server's side of one sandbox's guest agent: jobs and tunnels over the connections that the guest
// dialled. GuestDialer is where those connections come from; nothing above it knows whether that is a unix
// socket in a mount, an exec stream or TLS. Belongs to the loop.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cus/base/clock.hpp"
#include "cus/base/json.hpp"
#include "cus/guest/job.hpp"
#include "cus/net/http.hpp"
#include "cus/net/stream.hpp"

namespace cus::guest {

// Hands out work connections of one sandbox.
class GuestDialer {
 public:
  GuestDialer() = default;
  GuestDialer(const GuestDialer&) = delete;
  GuestDialer& operator=(const GuestDialer&) = delete;
  virtual ~GuestDialer() = default;
  // Waits for one. Code::unavailable when no guest answers by the deadline.
  virtual Task<Result<net::HttpConnection>> take(Deadline deadline) = 0;
  // Gives an idle connection back for the next request.
  virtual void give_back(net::HttpConnection connection) = 0;
  virtual Executor executor() = 0;
};

// One attached job. Dropping it detaches: the job goes on.
class JobStream {
 public:
  JobStream(GuestDialer& dialer, JobId id, net::HttpConnection connection);
  JobStream(JobStream&&) noexcept;
  JobStream& operator=(JobStream&&) noexcept;
  ~JobStream();

  const JobId& id() const;
  // The next event. Code::timed_out at the deadline leaves the stream usable; any other error ends it (the
  // job itself may go on: attach again). After JobEnd the connection has gone back to the dialer.
  Task<Result<JobEvent>> next(Deadline deadline);
  Task<Result<>> send_input(std::string_view bytes, Deadline deadline);
  Task<Result<>> end_input(Deadline deadline);
  // Asks for SIGTERM, then SIGKILL of the whole tree; JobEnd follows as an event.
  Task<Result<>> kill(std::string why, Deadline deadline);
  // Ends a pending next() and leaves the job to itself.
  void detach();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class Guest {
 public:
  explicit Guest(GuestDialer& dialer) : dialer_(dialer) {}

  Task<Result<JobStream>> start(JobSpec spec, Deadline deadline);
  // Code::not_found when the guest does not know the job.
  Task<Result<JobStream>> attach(JobId id, std::uint64_t offset, Deadline deadline);
  Task<Result<std::vector<JobStatus>>> jobs(Deadline deadline);
  Task<Result<>> kill(JobId id, std::string why, Deadline deadline);
  Task<Result<>> forget(JobId id, Deadline deadline);
  // A byte stream to 127.0.0.1:port inside. Code::unavailable when nothing listens there.
  Task<Result<net::StreamPtr>> tunnel(std::uint16_t port, Deadline deadline);
  Task<Result<Json>> status(Deadline deadline);

 private:
  GuestDialer& dialer_;
};

}  // namespace cus::guest
