// SPDX-License-Identifier: Apache-2.0
#pragma once
// A guest that follows a script, to inject what a real one does rarely: broken connections, lies, silence.
// Each connection it hands out is a socket pair whose other end plays the next script.

#include <deque>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cus/guest/guest.hpp"
#include "cus/guest/protocol.hpp"
#include "cus/sandbox/computer.hpp"

namespace cus::test {

// The guest's end of one connection, after it has read the request.
class GuestPeer {
 public:
  static Task<GuestPeer> accept(net::StreamPtr stream);

  std::string target;  // "POST /v1/jobs"
  Json request;        // its body; null when there is none

  Task<> upgrade();
  Task<> refuse(int status, std::string code);
  Task<> answer_empty();
  Task<> output(std::uint64_t offset, std::string bytes);
  Task<> progress(std::uint64_t total, std::string line);
  // `end` is a JobEnd; then waits until the server hands the connection back.
  Task<> end(Json end);
  // The next frame of the server; '\0' when it has gone.
  Task<std::pair<char, std::string>> frame();
  void drop() { stream_->close(); }

 private:
  Task<> send(guest::FrameType type, std::string payload);

  net::StreamPtr stream_;
  std::string buffer_;
};

using Script = std::function<Task<>(GuestPeer&)>;

class ScriptedGuest final : public guest::GuestDialer {
 public:
  ScriptedGuest(Executor executor, std::vector<Script> scripts);
  Task<Result<net::HttpConnection>> take(Deadline deadline) override;
  void give_back(net::HttpConnection connection) override;
  Executor executor() override { return executor_; }

  std::size_t given_back = 0;

 private:
  Executor executor_;
  std::deque<Script> scripts_;
};

// Computers that are always this one guest, or an error.
class OneComputer final : public sandbox::Computers {
 public:
  explicit OneComputer(guest::GuestDialer& dialer) : dialer_(dialer) {}
  Task<Result<sandbox::Computer>> acquire(const ChatKey& key, Deadline deadline) override;
  void job_running(const StorageId& storage, const JobId& job) override;
  void job_ended(const StorageId& storage, const JobId& job, const guest::JobEnd& end) override;

  std::optional<Error> refusal;
  std::string news;
  std::vector<ChatKey> asked;
  std::vector<JobId> remembered;
  std::vector<JobId> ended;

 private:
  guest::GuestDialer& dialer_;
};

}  // namespace cus::test
