// SPDX-License-Identifier: Apache-2.0
#pragma once
// Starts, watches and removes sandboxes. An engine presupposes nothing of Docker: no addresses, no exec, no
// copying of files; it gives a sandbox its mounts and limits, and the sandbox calls home. Every call ends by
// a deadline of the engine's own with a typed error (Code::engine_unavailable when it does not answer,
// engine_refused with its words in the cause, image_missing, storage_full). Calls may run at once; the engine
// bounds how many do.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cus/base/error.hpp"
#include "cus/base/task.hpp"
#include "cus/engine/spec.hpp"

namespace cus::engine {

enum class State { absent, created, running, paused, stopped, dead };
std::string_view state_name(State state);

struct Sandbox {
  StorageId storage;
  State state = State::absent;
  std::string boot;  // changes with every start, e.g. the start time; empty when never started
};

// The host's user that a sandbox's files belong to.
struct Owner {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  bool operator==(const Owner&) const = default;
};

// What doctor and the log show.
struct Report {
  std::string name;                   // "docker"
  std::string version;                // "20.10.24"
  std::string detail;                 // API version, runtime versions
  std::vector<std::string> limits;    // of a sandbox, that the engine holds: "memory", "cpu", "pids"
  std::vector<std::string> warnings;  // known vulnerabilities with their CVE ids and what to upgrade
};

class ContainerEngine {
 public:
  ContainerEngine() = default;
  ContainerEngine(const ContainerEngine&) = delete;
  ContainerEngine& operator=(const ContainerEngine&) = delete;
  virtual ~ContainerEngine() = default;

  virtual Task<Result<Report>> report() = 0;
  // Cheap: does it answer?
  virtual Task<Result<>> ping() = 0;
  // Whether `image` can be started.
  virtual Task<Result<>> require_image(const std::string& image) = 0;
  // Every sandbox of this instance that the engine knows; their boots are not told, inspect() does.
  virtual Task<Result<std::vector<Sandbox>>> list(const InstanceId& instance) = 0;
  // Whose the home and the other writable directories of this sandbox are to be, before it is created.
  virtual Task<Result<Owner>> owner(const StorageId& storage) = 0;
  virtual Task<Result<Sandbox>> inspect(const StorageId& storage) = 0;
  // Code::conflict when something of that name exists already; it is left as it is.
  virtual Task<Result<>> create(const SandboxSpec& spec) = 0;
  // Starting what runs is no error.
  virtual Task<Result<>> start(const StorageId& storage) = 0;
  virtual Task<Result<>> resume(const StorageId& storage) = 0;
  // SIGTERM, then SIGKILL after `grace`. Stopping what is stopped or absent is no error.
  virtual Task<Result<>> stop(const StorageId& storage, std::chrono::seconds grace) = 0;
  // Removes what exists, running or not, only when it is labelled as this instance's.
  virtual Task<Result<>> remove(const StorageId& storage, const InstanceId& instance) = 0;
  // The last state change of a sandbox is not reported: its guest's connections end, which the server sees at
  // once.
};

}  // namespace cus::engine
