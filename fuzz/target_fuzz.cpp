// SPDX-License-Identifier: Apache-2.0
// Input: a request line, and on the next line the value of Host.
#include "web/target.hpp"

#include <filesystem>

#include "cus/base/utf8.hpp"
#include "fuzz/fuzz.hpp"
#include "fuzz/memory_stream.hpp"
#include "web/gate.hpp"
#include "web/text.hpp"

namespace cus::fuzz {
namespace {

using web::Target;

constexpr std::string_view key = "0123456789abcdef";

// Everything but what never needs it, or only what would be read as something else.
std::string encoded(std::string_view path, bool everything) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (const char c : path) {
    const bool plain = everything ? c == '/' || web::is_token_char(c) : true;
    if (plain && !std::string_view("%?#").contains(c)) {
      text += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    text.append(1, '%').append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
  }
  return text;
}

// What a program sees that opens the path, or that normalises it once more.
void check_open_view(const std::string& path) {
  require(path.starts_with('/') && utf8::valid(path), "a path is absolute and UTF-8", path);
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    require(byte >= 0x20 && byte != 0x7f && c != '\\', "a path has no control character or backslash", path);
  }
  require(std::filesystem::path(path).lexically_normal() == path, "a path names itself", path);
  const std::filesystem::path below = std::filesystem::path("/root").concat(path).lexically_normal();
  require(below.string().starts_with("/root/"), "a path below a directory stays there", path);
}

void check_idempotent(const Target& target, std::string_view host) {
  for (const bool everything : {false, true}) {
    const std::string text = encoded(target.path, everything);
    const auto again = web::parse_target(text, host);
    require(again && again->path == target.path, "a path parses to itself", text);
    require(again->query.empty(), "a path brings no query along", text);
  }
  const auto with_query = web::parse_target(encoded(target.path, false) + "?" + target.query, host);
  if (target.query.contains('#')) return;
  require(with_query && with_query->query == target.query, "a query is kept as sent", target.query);
}

web::Gate make_gate() {
  using web::Auth;
  const auto route = [](std::string method, std::string path, Auth auth) {
    return web::Route{
        .method = std::move(method), .path = std::move(path), .auth = auth, .purpose = {}, .handle = {}};
  };
  web::Routes routes = {route("GET", "/health", Auth::open), route("GET", "/files/open/*", Auth::open),
                        route("GET", "/", Auth::key),        route("POST", "/mcp", Auth::key),
                        route("GET", "/files/*", Auth::key), route("POST", "/*", Auth::key)};
  auto keys = auth::KeyRing::parse({.single = std::string(key)});
  require(keys.has_value(), "the key is a key");
  auto origins = auth::OriginPolicy::parse({.has_key = true});
  require(origins.has_value(), "the default policy is one");
  return {std::move(routes), {.keys = std::move(*keys), .origins = std::move(*origins)}};
}

// Without a key only open routes are reached, and with one the route is that of the path that was judged.
void check_views(const net::RequestHead& head, const Result<Target>& target) {
  web::Gate gate = make_gate();
  const auto judge = [&gate](net::RequestHead copy) {
    return gate.judge(copy, "192.0.2.1", web::Phase::serving, Clock::time_point());
  };
  const web::Verdict anonymous = judge(head);
  net::RequestHead with_key = head;
  with_key.headers.set("Authorization", "Bearer " + std::string(key));
  const web::Verdict known = judge(with_key);
  for (const web::Verdict* verdict : {&anonymous, &known}) {
    require((verdict->route == nullptr) == verdict->refusal.has_value(), "a request is routed or refused");
    require(target || verdict->route == nullptr, "a malformed target reaches no route", head.target);
    if (target) require(verdict->request.path == target->path, "every view is of one path", head.target);
  }
  if (anonymous.route != nullptr) {
    require(anonymous.route->auth.get() == web::Auth::open, "a closed route needs the key", head.target);
    require(known.route == anonymous.route, "a key changes no path", head.target);
  }
  if (known.route == nullptr) return;
  std::string_view pattern = known.route->path;
  if (pattern.ends_with("/*")) pattern.remove_suffix(1);
  require(target->path.starts_with(pattern), "a route is that of the path", head.target);
  if (known.route->auth.get() == web::Auth::open) return;
  require(anonymous.refusal && anonymous.refusal->status == 401, "without the key it is 401", head.target);
  require(known.request.tenant.has_value(), "behind a closed route there is a tenant", head.target);
}

void check_request(std::string_view line, std::string_view host) {
  boost::asio::io_context loop;
  std::string bytes(line);
  bytes.append("\r\nHost: ").append(host).append("\r\n\r\n");
  net::HttpConnection http(
      std::make_unique<MemoryStream>(loop.get_executor(), std::move(bytes), std::string::npos));
  const auto head = run(loop, http.read_request(no_deadline));
  if (!head || !*head) return;
  const std::string text =
      (*head)->method + " " + (*head)->target + " HTTP/1." + ((*head)->version == 11 ? "1" : "0");
  require(line == text, "a request line has one reading", line);
  check_views(**head, web::parse_target((*head)->target, (*head)->headers.find("Host").value_or("")));
}

}  // namespace
}  // namespace cus::fuzz

// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cus::fuzz;
  std::string_view host = as_text(data, size);
  const std::string_view line = take_line(host);
  std::string_view text = line.substr(0, line.rfind(' '));
  take_until(text, ' ');
  if (const auto target = cus::web::parse_target(text, host)) {
    check_open_view(target->path);
    check_idempotent(*target, host);
  }
  check_request(line, host);
  return 0;
}
