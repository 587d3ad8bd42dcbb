// SPDX-License-Identifier: Apache-2.0
#include "engine/native/native_host.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <csignal>
#include <set>

#include "engine/native/bwrap_options.hpp"
#include "engine/native/host.hpp"
#include "engine/native/images.hpp"
#include "engine/native/launcher.hpp"
#include "engine/native/orphans.hpp"
#include "engine/native/seccomp_program.hpp"
#include "engine/seccomp/profile.hpp"
#include "engine/spec_check.hpp"

namespace cus::engine {
namespace {

std::unexpected<Error> no_record(const StorageId& storage) {
  return fail(Code::not_found, "The sandbox does not exist.", storage.str());
}

Result<> check_abilities(const SandboxSpec& spec) {
  if (spec.network == Network::bridge)
    return fail(Code::unsupported, "SANDBOX_NETWORK=bridge needs Docker: set ENGINE=docker, or use proxy.");
  if (!spec.runtime.empty())
    return fail(Code::unsupported, "SANDBOX_RUNTIME needs Docker: set ENGINE=docker, or leave it unset.");
  return {};
}

std::vector<std::string> command_of(const SandboxSpec& spec, const Cgroups& cgroups) {
  std::vector<std::string> command = spec.argv;
  const bool limited = std::ranges::find(cgroups.missing(), "memory") == cgroups.missing().end();
  if (!limited && !spec.memory_limit_option.empty()) {
    command.push_back(spec.memory_limit_option);
    command.push_back(std::to_string(spec.limits.memory_bytes));
  }
  return command;
}

// How many new chats in a row need not wait. The kernel takes no longer for some than for one.
constexpr std::size_t spares = 6;

}  // namespace

NativeHost::NativeHost(NativeOptions options)
    : options_(std::move(options)),
      seccomp_(compile_seccomp(seccomp_profile_source)),
      cgroups_(Cgroups::discover(options_.cgroup_mount)),
      records_(options_.state),
      users_(options_.chats, options_.uid_base, options_.uid_count),
      spares_(cgroups_, seccomp_ ? seccomp_->get() : -1, options_.instance.str()) {
  std::set<pid_t> known;
  for (const StorageId& storage : records_.all()) {
    const auto run = records_.run(storage);
    if (run && state_of(run->process) != ProcessState::gone) known.insert(run->process.pid);
  }
  end_orphans(options_.instance.str(), known);
  cgroups_.remove_abandoned();
}

// Each time anew: it may be installed while the server runs.
std::string NativeHost::bwrap() const {
  return find_bwrap_program(options_.bwrap);
}

Result<> NativeHost::find_bwrap() const {
  if (!bwrap().empty()) return {};
  return std::unexpected(bwrap_version({}).error());
}

Result<Report> NativeHost::report() const {
  const Result<std::string> version = bwrap_version(bwrap());
  if (!version) return std::unexpected(version.error());
  return Report{.name = "native",
                .version = "bubblewrap " + *version,
                .detail = cgroups_.version(),
                .limits = cgroups_.held(),
                .warnings = host_warnings(cgroups_)};
}

Result<> NativeHost::require_image(const std::string& image) const {
  const Result<Image> found = find_image(options_.images, image);
  if (!found) return std::unexpected(found.error());
  return {};
}

std::vector<Sandbox> NativeHost::list(const InstanceId& instance) const {
  std::vector<Sandbox> sandboxes;
  for (const StorageId& storage : records_.all()) {
    const auto spec = records_.spec(storage);
    if (spec && spec->instance == instance) sandboxes.push_back({storage, state(storage), {}});
  }
  return sandboxes;
}

State NativeHost::state(const StorageId& storage) const {
  if (!records_.spec(storage)) return State::absent;
  const auto run = records_.run(storage);
  if (!run) return State::created;
  switch (state_of(run->process)) {
    case ProcessState::gone:
      return State::stopped;
    case ProcessState::stopped:
      return State::paused;
    case ProcessState::running:
      break;
  }
  return frozen(storage) ? State::paused : State::running;
}

Sandbox NativeHost::inspect(const StorageId& storage) const {
  Sandbox sandbox{.storage = storage, .state = state(storage), .boot = {}};
  if (const auto run = records_.run(storage))
    sandbox.boot = fmt::format("{}-{}-{}", run->process.boot, run->process.pid, run->process.started);
  return sandbox;
}

Result<> NativeHost::create(const SandboxSpec& spec) const {
  if (Result<> sound = check_spec(spec); !sound) return sound;
  if (Result<> able = check_abilities(spec); !able) return able;
  if (Result<> image = require_image(spec.image); !image) return image;
  return records_.create(spec);
}

Result<> NativeHost::start(const StorageId& storage) {
  const auto spec = records_.spec(storage);
  if (!spec) return no_record(storage);
  const State now = state(storage);
  if (now == State::running || now == State::paused) return {};
  if (Result<> bwrap = find_bwrap(); !bwrap) return bwrap;
  if (!seccomp_) return std::unexpected(seccomp_.error());
  const Result<Image> image = find_image(options_.images, spec->image);
  if (!image) return std::unexpected(image.error());
  const Result<Owner> owner = users_.owner(storage);
  if (!owner) return std::unexpected(owner.error());
  clear(storage);
  Result<Spare> spare = spares_.take(
      bwrap(), {.owner = *owner, .limits = spec->limits, .command = command_of(*spec, cgroups_)});
  if (!spare) return std::unexpected(spare.error());
  const std::string group = spare->group;
  const BwrapPlaces places{.root = image->root, .more = cgroups_.views(group)};
  const Result<ProcessId> process =
      let_go(std::move(spare->waiting), bwrap_options(*spec, places), spec->argv.front());
  if (process) {
    return records_.put_run(storage,
                            {.process = *process, .image = image->name, .group = group, .uid = owner->uid});
  }
  cgroups_.remove(group);
  // Another program or an old one explains more than what it said.
  if (const Result<std::string> version = bwrap_version(bwrap()); !version)
    return std::unexpected(version.error());
  return std::unexpected(process.error());
}

void NativeHost::prepare_like(const StorageId& storage) {
  const auto spec = records_.spec(storage);
  // Starting some disturbs whoever starts a sandbox meanwhile: seldom several, not often one.
  if (!spec || !seccomp_ || spares_.ready() > spares / 3) return;
  std::vector<Mould> moulds;
  for (const Owner& owner : users_.next(spares))
    moulds.push_back({.owner = owner, .limits = spec->limits, .command = command_of(*spec, cgroups_)});
  spares_.prepare(bwrap(), moulds);
}

void NativeHost::clear(const StorageId& storage) const {
  if (const auto run = records_.run(storage)) cgroups_.remove(run->group);
}

bool NativeHost::frozen(const StorageId& storage) const {
  const auto run = records_.run(storage);
  return run && cgroups_.frozen(run->group);
}

Result<> NativeHost::resume(const StorageId& storage) const {
  const auto run = records_.run(storage);
  if (!run) return {};
  if (Result<> thawed = cgroups_.thaw(run->group); !thawed) return thawed;
  if (state_of(run->process) != ProcessState::gone) signal_tree(run->process.pid, SIGCONT);
  return {};
}

Result<Fd> NativeHost::ask_to_end(const StorageId& storage, int signal) const {
  const auto run = records_.run(storage);
  if (!run) return Fd();
  Result<Fd> process = open_process(run->process);
  if (!process) return process.error().code == Code::not_found ? Result<Fd>(Fd()) : std::move(process);
  if (Result<> sent = send_signal(process->get(), signal); !sent) return std::unexpected(sent.error());
  // What is frozen hears nothing.
  if (signal != SIGKILL || frozen(storage)) static_cast<void>(resume(storage));
  return process;
}

Result<> NativeHost::may_remove(const StorageId& storage, const InstanceId& instance) const {
  const auto spec = records_.spec(storage);
  if (!spec || spec->instance == instance) return {};
  return fail(Code::conflict, "This sandbox belongs to another server; it is left alone.", storage.str());
}

}  // namespace cus::engine
