// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include <charconv>
#include <string_view>

namespace cus::guest_agent {
namespace {

template <class Number>
bool read_number(std::string_view text, Number& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size();
}

bool read_option(std::string_view name, const std::string& value, Options& options) {
  if (name == "--socket") {
    options.socket = value;
  } else if (name == "--home") {
    options.home = value;
  } else if (name == "--spool-dir") {
    options.spool_directory = value;
  } else if (name == "--http-port") {
    return read_number(value, options.http_port);
  } else if (name == "--socks-port") {
    return read_number(value, options.socks_port);
  } else if (name == guest::memory_limit_option) {
    return read_number(value, options.memory_limit);
  } else {
    return false;
  }
  return true;
}

}  // namespace

Result<Options> parse_options(std::span<const char* const> arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    if (name == "--version") {
      options.show_version = true;
      continue;
    }
    if (i + 1 == arguments.size() || !read_option(name, arguments[i + 1], options)) {
      return fail(Code::invalid_argument, "This is not understood: " + std::string(name));
    }
    ++i;
  }
  return options;
}

}  // namespace cus::guest_agent
