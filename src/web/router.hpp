// SPDX-License-Identifier: Apache-2.0
#pragma once
// Looks a normalised path up in the route table.

#include <map>
#include <string>
#include <string_view>

#include "cus/web/route.hpp"

namespace cus::web {

class Router {
 public:
  explicit Router(Routes routes) : routes_(std::move(routes)) {}

  struct Match {
    const Route* route = nullptr;  // nullptr: no such path, or not this method
    std::string allow;             // the methods of the path; empty: no such path
  };
  // A literal path wins over "/*", a longer "/*" over a shorter one. GET answers HEAD.
  Match find(std::string_view method, std::string_view path) const;
  const Routes& routes() const { return routes_; }

 private:
  Routes routes_;
};

}  // namespace cus::web
