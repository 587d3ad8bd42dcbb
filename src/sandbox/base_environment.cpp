// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "cus/guest/protocol.hpp"
#include "cus/sandbox/computer.hpp"

namespace cus::sandbox {

std::map<std::string, std::string> base_environment() {
  const std::string proxy = fmt::format("http://127.0.0.1:{}", guest::http_proxy_port);
  std::map<std::string, std::string> env = {
      {"HOME", "/home/assistant"},
      {"USER", "assistant"},
      {"LOGNAME", "assistant"},
      {"SHELL", "/bin/bash"},
      {"LANG", "C.UTF-8"},
      {"TERM", "xterm-256color"},
      {"PATH",
       "/home/assistant/.local/bin:/home/assistant/.npm-global/bin:/home/assistant/.cargo/bin:"
       "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
      {"NPM_CONFIG_PREFIX", "/home/assistant/.npm-global"},
      {"PIP_BREAK_SYSTEM_PACKAGES", "1"},
      {"PIP_DISABLE_PIP_VERSION_CHECK", "1"},
      {"PYTHONUNBUFFERED", "1"},
      // Node asks for leave before it honours the proxy variables; Java has variables of its own.
      {"NODE_USE_ENV_PROXY", "1"},
      {"JAVA_TOOL_OPTIONS",
       fmt::format("-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort={0} -Dhttps.proxyHost=127.0.0.1 "
                   "-Dhttps.proxyPort={0} -Dhttp.nonProxyHosts=localhost|127.*|[::1]",
                   guest::http_proxy_port)},
  };
  for (const char* name : {"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"}) env[name] = proxy;
  for (const char* name : {"all_proxy", "ALL_PROXY"}) {
    env[name] = fmt::format("socks5h://127.0.0.1:{}", guest::socks_proxy_port);
  }
  for (const char* name : {"no_proxy", "NO_PROXY"}) env[name] = "localhost,127.0.0.1,::1";
  return env;
}

}  // namespace cus::sandbox
