// SPDX-License-Identifier: Apache-2.0
#include "router.hpp"

namespace cus::web {
namespace {

// How well `pattern` fits: 0 not at all; the longer the better; a literal beats every wildcard.
std::size_t fit(std::string_view pattern, std::string_view path) {
  if (pattern == path) return pattern.size() + path.size() + 1;
  if (!pattern.ends_with("/*")) return 0;
  pattern.remove_suffix(1);
  return path.starts_with(pattern) ? pattern.size() : 0;
}

void add_method(std::string& allow, std::string_view method) {
  allow.append(allow.empty() ? "" : ", ").append(method);
}

}  // namespace

Router::Match Router::find(std::string_view method, std::string_view path) const {
  std::size_t best = 0;
  for (const Route& route : routes_) best = std::max(best, fit(route.path, path));
  Match match;
  if (best == 0) return match;
  for (const Route& route : routes_) {
    if (fit(route.path, path) != best) continue;
    add_method(match.allow, route.method);
    if (route.method == "GET") add_method(match.allow, "HEAD");
    const bool answers = route.method == method || (method == "HEAD" && route.method == "GET");
    if (answers && match.route == nullptr) match.route = &route;
  }
  add_method(match.allow, "OPTIONS");
  return match;
}

}  // namespace cus::web
