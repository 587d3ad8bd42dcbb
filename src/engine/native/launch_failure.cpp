// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string_view>

#include "engine/native/launcher.hpp"

namespace cus::engine {
namespace {

struct Known {
  std::string_view said;
  Code code;
  std::string_view remedy;
};

// In the words of the launcher and of bubblewrap 0.8 to 0.11; the first that is found counts.
constexpr std::array known = {
    Known{"cannot run bubblewrap", Code::engine_unavailable,
          "The program bubblewrap cannot be run. Install it (apt-get install bubblewrap) or set NATIVE_BWRAP "
          "to it."},
    Known{"cannot change the user", Code::forbidden,
          "The host user for this sandbox cannot be used here. Set SANDBOX_UID_BASE to a range that this "
          "machine (or the "
          "container the server runs in) has."},
    Known{"cannot join the control group", Code::engine_refused,
          "The sandbox could not be put into its control group. See /sys/fs/cgroup and the server's log."},
    Known{"Unknown option", Code::engine_unavailable,
          "The installed bubblewrap is too old: version 0.8 or later is needed."},
    Known{"No space left on device", Code::forbidden,
          "The kernel allows no more user namespaces. Raise user.max_user_namespaces with sysctl."},
    Known{"No permissions to creat", Code::forbidden, ""},
    Known{"Creating new namespace failed", Code::forbidden, ""},
    Known{"setting up uid map", Code::forbidden, ""},
    Known{"source path", Code::io,
          "The sandbox's host user cannot reach a directory it needs. Every directory above the data root "
          "and the images "
          "must let others pass (chmod o+x)."},
    Known{
        "Read-only file system", Code::image_missing,
        "The sandbox image lacks a directory to mount on. Build it again: computer-use-server image build."},
};

constexpr std::string_view no_namespaces =
    "This kernel does not let the sandbox have a user namespace. Debian: sysctl "
    "kernel.unprivileged_userns_clone=1; "
    "Ubuntu 24.04: sysctl kernel.apparmor_restrict_unprivileged_userns=0 or an AppArmor profile for bwrap; "
    "else see "
    "user.max_user_namespaces. Or use Docker: ENGINE=docker.";

}  // namespace

Error explain_launch_failure(std::string_view said) {
  constexpr std::size_t most_said = 500;
  const std::string cause(said.substr(0, most_said));
  for (const Known& one : known) {
    if (!said.contains(one.said)) continue;
    return {one.code, std::string(one.remedy.empty() ? no_namespaces : one.remedy), cause};
  }
  return {Code::engine_refused, "The sandbox could not be started. The server's log has bubblewrap's words.",
          cause.empty() ? "bubblewrap did not start the guest in time" : cause};
}

}  // namespace cus::engine
