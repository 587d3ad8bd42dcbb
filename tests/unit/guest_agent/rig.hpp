// SPDX-License-Identifier: Apache-2.0
#pragma once
// The real guest agent as a process, and a server for it to call: a plain blocking one, so that a test reads
// from top to bottom. Every wait has a limit; running into it throws.

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cus/base/fd.hpp"
#include "cus/guest/protocol.hpp"

namespace cus::test {

using nlohmann::json;

class TempDirectory {
 public:
  TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  ~TempDirectory();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// One connection the guest dialled.
class Wire {
 public:
  explicit Wire(Fd fd) : fd_(std::move(fd)) {}
  void write(std::string_view bytes);
  // False when the peer has closed.
  bool try_write(std::string_view bytes);
  std::string read_line();
  std::string read(std::size_t size);
  // Everything up to the peer's end.
  std::string read_all();
  void shutdown_send();
  int fd() const { return fd_.get(); }

 private:
  bool fill();
  Fd fd_;
  std::string buffer_;
};

struct Reply {
  int status = 0;
  json body;
};

struct Frame {
  guest::FrameType type{};
  std::string payload;
};

// What a job did, as a server sees it.
struct Outcome {
  json end;
  std::string output;
  std::string error;
  std::vector<Frame> others;
};

// A work connection upgraded to a job.
class Attached {
 public:
  explicit Attached(std::unique_ptr<Wire> wire) : wire_(std::move(wire)) {}
  Frame next();
  void send(guest::FrameType type, std::string_view payload = {});
  // Reads to the end frame; `look` sees every frame as it comes.
  Outcome finish(const std::function<void(const Frame&)>& look = {});
  std::unique_ptr<Wire> release() { return std::move(wire_); }

 private:
  std::unique_ptr<Wire> wire_;
};

class Rig {
 public:
  enum class Place {
    process,    // an ordinary process
    pid_space,  // PID 1 of its own process space, without rights
  };
  explicit Rig(Place place = Place::process, std::vector<std::string> more_arguments = {});
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;
  ~Rig();

  Reply request(const std::string& method, const std::string& target, const json& body = {});
  // Sends an upgrade request.
  struct Upgrade {
    std::unique_ptr<Wire> wire;  // null when it was refused
    Reply refusal;
  };
  Upgrade upgrade(const std::string& target, std::string_view protocol, const json& body = {});
  // Attaches to a job, or throws when that is refused.
  std::unique_ptr<Attached> attach(const std::string& target, const json& body = {});
  std::unique_ptr<Attached> start(const json& spec) { return attach("/v1/jobs", spec); }
  Outcome run_spec(const json& spec);
  Outcome run(const std::string& script) { return run_spec(spec(script)); }
  // A job with a fresh id that runs `script` in bash.
  static json spec(const std::string& script);

  // The next connection of a kind; work connections come from those that wait.
  std::unique_ptr<Wire> take(std::string_view kind);
  // Waits for one more connection of any kind and answers its hello.
  void accept_next();
  void give_back(std::unique_ptr<Wire> wire) { idle_.push_back(std::move(wire)); }
  Wire& control() { return *control_; }
  // The server goes away with all its connections, and comes back.
  void restart_server();

  pid_t guest() const { return guest_; }
  // Sends SIGTERM and returns the exit code.
  int stop();
  const std::filesystem::path& directory() const { return directory_.path(); }
  const std::string& token() const { return token_; }
  const std::vector<json>& hellos() const { return hellos_; }

 private:
  void listen();
  void start_guest(Place place, const std::vector<std::string>& more_arguments);
  void accept_one();
  bool connection_waits() const;

  TempDirectory directory_;
  Fd listener_;
  pid_t child_ = 0;  // the guest, or what started it
  pid_t guest_ = 0;
  std::string token_;
  std::unique_ptr<Wire> control_;
  std::deque<std::unique_ptr<Wire>> idle_;
  std::deque<std::unique_ptr<Wire>> egress_;
  std::vector<json> hellos_;
};

// Looks until `ready` says so, or throws after the limit: for what /proc tells and nobody announces.
void wait_until(const std::function<bool()>& ready);
bool process_alive(pid_t pid);

}  // namespace cus::test
