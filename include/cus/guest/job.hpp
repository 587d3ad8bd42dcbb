// SPDX-License-Identifier: Apache-2.0
#pragma once
// A job: one command inside a sandbox, as the server sees it. Everything in JobEnd and JobEvent came from the
// guest and has been checked for size and shape.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cus/base/id.hpp"

namespace cus::guest {

struct JobSpec {
  JobId id;
  std::vector<std::string> argv;
  std::optional<std::string> script;  // appended to argv as /dev/fd/3
  std::string cwd = "/home/assistant";
  std::map<std::string, std::string> env;
  bool keep_stdin_open = false;
  bool split_streams = false;
  std::chrono::milliseconds timeout{0};    // 0: none
  std::optional<std::uint64_t> want_head;  // absent: all output is streamed
  std::optional<std::uint64_t> want_tail;
};

struct Leftover {
  std::int64_t pid = 0;
  std::string name;
};

struct JobEnd {
  std::optional<int> code;           // exit status 0..255
  std::optional<int> signal;         // ended by this signal
  std::optional<std::string> error;  // could not start, e.g. "No such file or directory"
  bool timed_out = false;
  bool out_of_memory = false;
  std::optional<std::string> killed;
  std::uint64_t total = 0;
  std::uint64_t total_error = 0;
  std::chrono::milliseconds duration{0};
  std::string spool;  // path inside the sandbox of the full output; empty: all of it fitted in memory
  std::vector<Leftover> leftovers;
};

enum class Channel { output, error };

struct JobOutput {
  Channel channel = Channel::output;
  std::uint64_t offset = 0;
  std::string bytes;
};
struct JobGap {
  Channel channel = Channel::output;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};
struct JobProgress {
  std::uint64_t total = 0;
  std::string last_line;
};
using JobEvent = std::variant<JobOutput, JobGap, JobProgress, JobEnd>;

struct JobStatus {
  JobId id;
  bool running = false;
  std::uint64_t total = 0;
  std::optional<JobEnd> end;
};

}  // namespace cus::guest
