// SPDX-License-Identifier: Apache-2.0
#include "sse.hpp"

namespace cus::web {
namespace {

// Each line of `text`, however it ends, after `prefix`; at least one line.
void append_lines(std::string& out, std::string_view prefix, std::string_view text) {
  for (;;) {
    const std::size_t end = text.find_first_of("\r\n");
    out.append(prefix).append(text.substr(0, end)).append("\n");
    if (end == std::string_view::npos) return;
    const std::size_t width = text.substr(end).starts_with("\r\n") ? 2 : 1;
    text.remove_prefix(end + width);
  }
}

}  // namespace

std::string format_event(std::string_view data, std::string_view id) {
  std::string out;
  out.reserve(data.size() + id.size() + 32);
  if (!id.empty() && id.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos) {
    out.append("id: ").append(id).append("\n");
  }
  append_lines(out, "data: ", data);
  out += "\n";
  return out;
}

std::string format_priming(std::string_view id, std::chrono::milliseconds retry) {
  return "retry: " + std::to_string(retry.count()) + "\n" + format_event("", id);
}

std::string format_comment(std::string_view text) {
  std::string out;
  append_lines(out, ": ", text);
  out += "\n";
  return out;
}

}  // namespace cus::web
