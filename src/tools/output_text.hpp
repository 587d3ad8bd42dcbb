// SPDX-License-Identifier: Apache-2.0
#pragma once
// Output as the model sees it: valid UTF-8, complete up to 30,000 characters; beyond, the first and the last
// 15,000 with a notice between them that says how much there is and where the rest lies.

#include <string>
#include <string_view>

#include "output_assembly.hpp"

namespace cus::tools {

inline constexpr std::size_t max_output_characters = 30'000;

struct OutputText {
  std::string text;
  bool truncated = false;
};

// `spool`: the file inside the sandbox with the full output; empty when there is none.
OutputText render_output(const KeptOutput& output, std::string_view spool);

}  // namespace cus::tools
