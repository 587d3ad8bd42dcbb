// SPDX-License-Identifier: Apache-2.0
#include "target.hpp"

#include <algorithm>
#include <optional>

#include "cus/base/utf8.hpp"
#include "text.hpp"

namespace cus::web {
namespace {

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  const char small = to_lower(c);
  if (small >= 'a' && small <= 'f') return static_cast<unsigned>(small - 'a') + 10;
  return std::nullopt;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
}

std::optional<std::string> decode(std::string_view raw) {
  std::string path;
  path.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '%') {
      path += raw[i];
      continue;
    }
    if (raw.size() - i < 3) return std::nullopt;
    const auto high = hex_digit(raw[i + 1]);
    const auto low = hex_digit(raw[i + 2]);
    if (!high || !low) return std::nullopt;
    const char byte = static_cast<char>(*high * 16 + *low);
    if (byte == '/') return std::nullopt;
    path += byte;
    i += 2;
  }
  return path;
}

// A parameter (";x") does not make a dot segment harmless: some servers strip it first.
bool is_bad_segment(std::string_view segment) {
  const std::string_view name = segment.substr(0, segment.find(';'));
  return name == "." || name == "..";
}

bool has_bad_segment(std::string_view path) {
  path.remove_prefix(1);
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    if (slash == 0 || is_bad_segment(path.substr(0, slash))) return true;
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
  return false;
}

// Leaves the part from the path on; false when the authority is not the one of Host.
bool strip_authority(std::string_view& target, std::string_view host) {
  const std::size_t begin = iequals(target.substr(0, 7), "http://") ? 7 : 8;
  if (begin == 8 && !iequals(target.substr(0, 8), "https://")) return false;
  const std::size_t end = std::min(target.find_first_of("/?", begin), target.size());
  if (!iequals(target.substr(begin, end - begin), host)) return false;
  target.remove_prefix(end);
  return true;
}

}  // namespace

Result<Target> parse_target(std::string_view target, std::string_view host) {
  const auto refuse = [] { return fail(Code::invalid_argument, "The request path is malformed."); };
  if (!target.starts_with('/') && !strip_authority(target, host)) return refuse();
  if (target.contains('#')) return refuse();
  const std::size_t question = target.find('?');
  std::optional<std::string> path = decode(target.substr(0, question));
  if (!path) return refuse();
  if (path->empty()) *path = "/";
  if (!path->starts_with('/') || path->contains('\\') || std::ranges::any_of(*path, is_control) ||
      !utf8::valid(*path) || has_bad_segment(*path)) {
    return refuse();
  }
  Target result{.path = std::move(*path), .query = {}};
  if (question != std::string_view::npos) result.query = std::string(target.substr(question + 1));
  return result;
}

}  // namespace cus::web
