// SPDX-License-Identifier: Apache-2.0
#include "greeting.hpp"

#include <fmt/format.h>

#include <iterator>

namespace cus::app {

std::string greeting(const config::Config& config, std::uint16_t port, const std::string& new_key) {
  const bool keyed = config.needs_generated_key || !config.api_key.empty() || !config.api_keys.empty();
  const std::string url = fmt::format("http://localhost:{}/mcp", port);
  const std::string bearer = keyed ? " -H 'Authorization: Bearer KEY'" : "";
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "\nComputer Use Server listens on {} port {}.\n\n", config.listen_address, port);
  if (!new_key.empty()) {
    fmt::format_to(out, "  A key was made for you. It is shown this once:\n\n      {}\n\n", new_key);
  } else if (!keyed) {
    fmt::format_to(out,
                   "  No key is set: whoever can reach this port on this machine may use it. Set MCP_API_KEY "
                   "to change that.\n\n");
  }
  fmt::format_to(out, "  MCP (Streamable HTTP)  {}\n", url);
  fmt::format_to(out, "  One computer a chat    header X-Chat-Id: <any id>{}\n\n",
                 keyed ? ", Authorization: Bearer <key>" : "");
  fmt::format_to(out,
                 "  curl -s {} -H 'Content-Type: application/json' -H 'X-Chat-Id: demo'{} \\\n"
                 "    -d '{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":"
                 "{{\"name\":\"bash_tool\",\"arguments\":{{\"command\":\"uname -a\"}}}}}}'\n\n",
                 url, bearer);
  fmt::format_to(
      out,
      "  Claude Code: claude mcp add --transport http computer {} --header \"X-Chat-Id: my-project\"{}\n",
      url, keyed ? " --header \"Authorization: Bearer KEY\"" : "");
  fmt::format_to(out, "  Open WebUI, Claude Desktop and others: README.md. Stop with Ctrl-C.\n\n");
  return text;
}

}  // namespace cus::app
