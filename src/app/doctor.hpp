// SPDX-License-Identifier: Apache-2.0
#pragma once
// Checks that this host can run sandboxes, each with one remedy when it fails.

#include <string>
#include <vector>

#include "core.hpp"
#include "cus/base/json.hpp"

namespace cus::app {

enum class Verdict { ok, warn, failed };

struct Check {
  std::string name;
  Verdict verdict = Verdict::ok;
  std::string detail;
  std::string remedy;  // empty when there is nothing to do
};

// What a core can say of itself: engine, image, disk, permissions, socket paths and the probe sandbox.
Task<std::vector<Check>> examine(Core& core);
Json to_json(const std::vector<Check>& checks);
bool all_passed(const Json& checks);
// One line a check with its remedy, and a summary.
void print_checks(const Json& checks);

}  // namespace cus::app
