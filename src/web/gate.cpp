// SPDX-License-Identifier: Apache-2.0
#include "gate.hpp"

#include <algorithm>
#include <array>
#include <random>

#include "cors.hpp"
#include "cus/web/responses.hpp"
#include "forwarded.hpp"
#include "head_check.hpp"
#include "target.hpp"
#include "text.hpp"
#include "trace_context.hpp"

namespace cus::web {
namespace {

constexpr std::size_t max_request_id = 64;
// Ids only have to differ: odd, so that they do, and large, so that they look it.
constexpr std::uint64_t id_step = 0x9E3779B97F4A7C15;

std::uint64_t first_id() {
  std::random_device random;
  return std::uint64_t{random()} << 32U | random();
}

std::string as_hex(std::uint64_t value) {
  std::array<char, 16> digits{};
  digits.fill('0');
  for (auto digit = digits.rbegin(); value != 0; value >>= 4U, ++digit)
    *digit = "0123456789abcdef"[value & 15U];
  return {digits.data(), digits.size()};
}

// What the client calls its request, if that is well-formed; else `fresh`.
std::string request_id(const net::Headers& headers, std::uint64_t fresh) {
  const std::string_view given = headers.find("X-Request-Id").value_or("");
  const bool well_formed =
      !given.empty() && given.size() <= max_request_id && std::ranges::all_of(given, [](char c) {
        const char small = to_lower(c);
        return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view("._-").contains(c);
      });
  return well_formed ? std::string(given) : as_hex(fresh);
}

// Always false, so that a check can end with it.
bool refuse(Verdict& verdict, int status, std::string_view message) {
  verdict.refusal = error_response(verdict.request.path, status, message);
  return false;
}

}  // namespace

Gate::Gate(Routes routes, GateRules rules)
    : router_(std::move(routes)),
      keys_(std::move(rules.keys)),
      rules_(std::move(rules)),
      last_id_(first_id()) {}

Verdict Gate::judge(net::RequestHead& head, std::string_view peer, Phase phase, Clock::time_point now) {
  Verdict verdict;
  verdict.request.method = head.method;
  verdict.request.peer = std::string(peer);
  verdict.request.request_id = request_id(head.headers, last_id_ += id_step);
  if (!check_framing(head, verdict)) return verdict;
  verdict.request.headers = std::move(head.headers);
  const std::string_view trace = verdict.request.headers.find("traceparent").value_or("");
  if (is_traceparent(trace)) verdict.request.traceparent = trace;
  look_behind_proxies(verdict.request);
  if (phase == Phase::draining) {
    verdict.close = true;
    refuse(verdict, 503, "The server is stopping. Try again in a moment.");
    return verdict;
  }
  if (check_site(verdict) && choose_route(verdict)) check_caller(verdict, now);
  return verdict;
}

// Anybody can write these headers; they say something only when they come from a proxy that is known.
void Gate::look_behind_proxies(Request& request) const {
  if (!rules_.proxies.trusts(request.peer)) return;
  request.peer = client_address(request.headers, request.peer, rules_.proxies);
  request.secure = iequals(last_element(request.headers, "X-Forwarded-Proto"), "https");
  request.host = last_element(request.headers, "X-Forwarded-Host");
}

bool Gate::check_framing(const net::RequestHead& head, Verdict& verdict) const {
  Result<Target> target = parse_target(head.target, head.headers.find("Host").value_or(""));
  if (target) {
    verdict.request.path = std::move(target->path);
    verdict.request.query = std::move(target->query);
  }
  const std::optional<HeadFault> fault = check_head(head, rules_.max_target_bytes);
  verdict.close = fault || !target;
  if (fault) return refuse(verdict, fault->status, fault->message);
  return target || refuse(verdict, 400, target.error().message);
}

bool Gate::check_site(Verdict& verdict) const {
  const net::Headers& headers = verdict.request.headers;
  std::string& host = verdict.request.host;
  const std::string_view own = headers.find("Host").value_or("");
  if (!rules_.origins.allows_host(own) || (!host.empty() && !rules_.origins.allows_host(host))) {
    host.clear();
    return refuse(verdict, 403, "This Host is not allowed. Add its name to ALLOWED_HOSTS on the server.");
  }
  if (host.empty()) host = own;
  const auto origin = headers.find("Origin");
  if (!origin) return true;
  if (!rules_.origins.allows_origin(*origin, host)) {
    return refuse(verdict, 403,
                  "This Origin is not allowed. Add its host and port to ALLOWED_HOSTS on the server.");
  }
  verdict.extra = cors_headers(*origin);
  return true;
}

bool Gate::choose_route(Verdict& verdict) const {
  const Request& request = verdict.request;
  const Router::Match match = router_.find(request.method, request.path);
  if (match.allow.empty()) {
    const std::string_view path = request.path;
    const Router::Match shorter =
        path.ends_with('/') ? router_.find(request.method, path.substr(0, path.size() - 1)) : Router::Match{};
    if (shorter.route == nullptr || shorter.route->path.ends_with("/*")) {
      return refuse(verdict, 404, "Not Found");
    }
    refuse(verdict, 307, "This path has no slash at its end.");
    const std::string query = request.query.empty() ? std::string() : "?" + request.query;
    verdict.refusal->headers.set("Location", shorter.route->path + query);
    return false;
  }
  if (request.method == "OPTIONS") {
    verdict.refusal =
        Response{.status = 204, .headers = preflight_headers(match.allow, request.headers), .body = {}};
    return false;
  }
  if (match.route == nullptr) {
    refuse(verdict, 405, "Method Not Allowed");
    verdict.refusal->headers.set("Allow", match.allow);
    return false;
  }
  verdict.route = match.route;
  verdict.asked = match.route;
  return true;
}

void Gate::check_caller(Verdict& verdict, Clock::time_point now) {
  Request& request = verdict.request;
  Caller caller = keys_.identify(request.headers, auth::source_of(request.peer), now);
  if (caller.sent_key && !caller.tenant) ++wrong_keys_;
  if (verdict.route->auth.get() == Auth::open || caller.tenant) {
    request.tenant = std::move(caller.tenant);
    if (rules_.user_tokens) request.user_tokens = &*rules_.user_tokens;
    return;
  }
  verdict.route = nullptr;
  if (caller.wait) {
    refuse(verdict, 429, "Too many wrong API keys came from this address. Wait, then use the right one.");
    verdict.refusal->headers.set("Retry-After", std::to_string(caller.wait->count()));
    return;
  }
  refuse(verdict, 401,
         caller.sent_key
             ? "This API key is not valid. Check MCP_API_KEY on the server and the key of the client."
             : "An API key is needed: send the header \"Authorization: Bearer <key>\".");
  verdict.refusal->headers.set("WWW-Authenticate",
                               caller.sent_key ? "Bearer error=\"invalid_token\"" : "Bearer");
}

}  // namespace cus::web
