// SPDX-License-Identifier: Apache-2.0
#pragma once
// One server attached to one job over an upgraded connection: output, progress and the end go out, input and
// kill come in, until the server says done. A lost connection ends the session and nothing else.

#include <memory>
#include <optional>
#include <string>

#include "cus/net/stream.hpp"
#include "frames.hpp"
#include "job.hpp"
#include "read_plan.hpp"

namespace cus::guest_agent {

class JobSession {
 public:
  JobSession(net::Stream& stream, std::string already_read, std::shared_ptr<Job> job, Wants wants);
  JobSession(const JobSession&) = delete;
  JobSession& operator=(const JobSession&) = delete;
  ~JobSession();

  // What was read past the session when the connection is fit for the next request; nullopt when it is not.
  Task<std::optional<std::string>> run();

 private:
  struct Source {
    guest::Channel channel;
    ReadPlan plan;
  };
  Task<> send();
  Task<> receive();
  // Fills `batch`; true when everything up to the end is in it.
  bool gather(std::string& batch);
  bool gather_output(std::string& batch);
  std::uint64_t total_of(guest::Channel channel) const;
  bool gather_progress(std::string& batch);
  bool holding_back();
  // False when the frame must not come.
  bool obey(const Frame& frame);

  net::Stream& stream_;
  FrameReader frames_;
  std::shared_ptr<Job> job_;
  std::vector<Source> sources_;
  Event news_;
  Deadline next_progress_;
  Deadline done_by_ = no_deadline;
  std::uint64_t reported_total_ = 0;
  bool end_sent_ = false;
  bool lost_ = false;
  bool done_ = false;
};

}  // namespace cus::guest_agent
