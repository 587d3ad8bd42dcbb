// SPDX-License-Identifier: Apache-2.0
#pragma once
// Known vulnerabilities of engines and runtimes that matter to whoever runs other people's code on them: a
// warning for each that the reported versions are in the range of.

#include <string>
#include <vector>

#include "engine/docker/engine_info.hpp"

namespace cus::engine {

std::vector<std::string> known_vulnerabilities(const EngineInfo& info);

}  // namespace cus::engine
