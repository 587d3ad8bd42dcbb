// SPDX-License-Identifier: Apache-2.0
#include "initialize.hpp"

#include <nlohmann/json.hpp>
#include <ranges>

#include "cus/mcp/server.hpp"
#include "versions.hpp"

namespace cus::mcp {

std::string_view instructions() {
  return "This server gives each chat a Linux computer of its own: a sandbox with bash, Python and the usual "
         "command line tools, reached through the tools listed here.\n"
         "- Work in /home/assistant. It is kept between calls and when the sandbox is stopped and started; "
         "processes and /tmp are not.\n"
         "- Files the user gave are in /mnt/user-data/uploads (read-only). Put what the user shall receive "
         "into "
         "/mnt/user-data/outputs.\n"
         "- Each call is a new shell: cd and exported variables do not carry over. There is no root and no "
         "terminal; pip, npm and cargo install into the home directory.\n"
         "- The last line of a result tells how the command ended. When output was truncated, the result "
         "names the "
         "file that holds all of it.\n"
         "- If you lost track of what this chat has set up, read /home/assistant/README.md when it is "
         "there.\n";
}

Json server_info(std::string_view server_version) {
  return {{"name", server_name}, {"title", "Computer Use Server"}, {"version", server_version}};
}

Json initialize_result(std::string_view version, const Json& capabilities, std::string_view server_version) {
  return {{"protocolVersion", version},
          {"capabilities", capabilities},
          {"serverInfo", server_info(server_version)},
          {"instructions", instructions()}};
}

Json discover_result(const Json& capabilities) {
  Json versions = modern_versions;
  for (auto legacy_version : std::ranges::reverse_view(legacy_versions)) {
    versions.push_back(legacy_version);
  }
  return {{"supportedVersions", std::move(versions)},
          {"capabilities", capabilities},
          {"instructions", instructions()}};
}

}  // namespace cus::mcp
