// SPDX-License-Identifier: Apache-2.0
#pragma once
// Bubblewraps started ahead of the sandboxes they will make, each as one host user and in a control group of
// its own: joining a group can take the kernel ten milliseconds and more, which a new chat need not wait for.

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cus/engine/spec.hpp"
#include "engine/native/cgroups.hpp"
#include "engine/native/launcher.hpp"

namespace cus::engine {

// What a spare cannot change any more once it was started.
struct Mould {
  Owner owner;
  Limits limits;
  std::vector<std::string> command;
  bool operator==(const Mould&) const = default;
};

struct Spare {
  Mould mould;
  std::string group;
  Waiting waiting;
};

// May be used from several threads.
class Spares {
 public:
  // `mark` as in launcher.hpp.
  Spares(const Cgroups& cgroups, int seccomp, std::string mark)
      : cgroups_(cgroups), seccomp_(seccomp), mark_(std::move(mark)) {}
  Spares(const Spares&) = delete;
  Spares& operator=(const Spares&) = delete;
  ~Spares();

  // One that was started ahead, or one started now. Blocks.
  Result<Spare> take(const std::string& bwrap, const Mould& mould);
  // How many wait.
  std::size_t ready();
  // Starts those that are missing for `moulds`, and ends others. Blocks.
  void prepare(const std::string& bwrap, const std::vector<Mould>& moulds);

 private:
  Result<Spare> start(const std::string& bwrap, const Mould& mould) const;
  void discard(Spare spare) const;

  const Cgroups& cgroups_;
  int seccomp_;
  std::string mark_;
  std::mutex mutex_;  // of what follows
  std::vector<Spare> ready_;
};

}  // namespace cus::engine
