// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one route table (design D6). Auth is a type without a default, so a route that does not state it does
// not compile.

#include <functional>
#include <string>
#include <vector>

#include "cus/base/task.hpp"
#include "cus/web/exchange.hpp"

namespace cus::web {

enum class Auth {
  key,   // an API key, or loopback without any key configured
  open,  // nobody is asked; the handler must not change state or tell secrets
};

// No default: {.method = .., .path = .., .auth = ..}
class RequiredAuth {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): written as a plain enumerator in the table
  constexpr RequiredAuth(Auth auth) : auth_(auth) {}
  RequiredAuth() = delete;
  constexpr Auth get() const { return auth_; }

 private:
  Auth auth_;
};

struct Route {
  std::string method;  // GET also answers HEAD
  std::string path;    // literal, e.g. "/mcp"; a trailing "/*" matches any rest
  RequiredAuth auth;
  std::string purpose;  // one line for --dump-routes and the API description
  std::function<Task<>(Exchange&)> handle;
  bool always = false;  // answered however busy the server is
};

using Routes = std::vector<Route>;

}  // namespace cus::web
