// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests that start bubblewrap itself, with the host's root as the image. Whatever a test starts is ended
// with it.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/child.hpp"
#include "engine/native/bwrap_options.hpp"
#include "engine/native/launcher.hpp"
#include "engine/native/seccomp_program.hpp"
#include "engine/native_samples.hpp"
#include "engine/seccomp/profile.hpp"
#include "support/temp_dir.hpp"

namespace cus::test {

inline std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The rest of the line in /proc/<pid>/status that begins with `key`, without its white space at both ends.
inline std::string status_of(pid_t pid, const std::string& key) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(key + ":\t")) continue;
    line.erase(0, key.size() + 2);
    while (line.ends_with(' ')) line.pop_back();
    return line;
  }
  return "none";
}

// Whose handle it is; 0 when that process is gone.
inline pid_t pid_of(const Fd& handle) {
  std::ifstream file("/proc/self/fdinfo/" + std::to_string(handle.get()));
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("Pid:")) return static_cast<pid_t>(std::stol(line.substr(4)));
  }
  return 0;
}

// A pipe with a name, into which a sandbox writes what the test wants to know.
class Outbox {
 public:
  Outbox(const std::string& directory, const engine::Owner& owner) {
    const std::string path = directory + "/result";
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    EXPECT_EQ(::chown(path.c_str(), owner.uid, owner.gid), 0);
    fd_ = Fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  }
  // Until whoever wrote has closed it.
  std::string read_all() const {
    constexpr int limit_ms = 20'000;
    std::string text;
    for (;;) {
      pollfd ready{.fd = fd_.get(), .events = POLLIN, .revents = 0};
      if (::poll(&ready, 1, limit_ms) <= 0) return text + " (and then nothing more)";
      std::array<char, 512> chunk{};
      const ssize_t got = ::read(fd_.get(), chunk.data(), chunk.size());
      if (got <= 0) return text;
      text.append(chunk.data(), static_cast<std::size_t>(got));
    }
  }

 private:
  Fd fd_;
};

class WithBubblewrap : public testing::Test {
 protected:
  WithBubblewrap() {
    reap_children_here();
    std::filesystem::permissions(dir_.path(), std::filesystem::perms::all);
  }
  ~WithBubblewrap() override {
    for (const engine::ProcessId& process : started_) {
      const Result<Fd> handle = engine::open_process(process);
      if (!handle) continue;
      EXPECT_TRUE(engine::send_signal(handle->get(), SIGKILL));
      EXPECT_TRUE(engine::wait_for_end(handle->get(), std::chrono::milliseconds(10'000)));
    }
    reap_what_has_ended();
  }

  // A program that everybody may run.
  std::string script(const std::string& text) {
    const std::string path = dir_ / "script";
    std::ofstream(path) << "#!/bin/sh\n" << text << "\n";
    std::filesystem::permissions(path, static_cast<std::filesystem::perms>(0755));
    return path;
  }
  Result<engine::ProcessId> let_go(engine::Waiting waiting, const engine::SandboxSpec& spec) {
    const Result<engine::ProcessId> process = engine::let_go(
        std::move(waiting), engine::bwrap_options(spec, {.root = "/", .more = {}}), spec.argv.front());
    if (process) started_.push_back(*process);
    return process;
  }

  TempDir dir_;
  Result<Fd> seccomp_ = engine::compile_seccomp(engine::seccomp_profile_source);
  std::vector<engine::ProcessId> started_;
};

}  // namespace cus::test
