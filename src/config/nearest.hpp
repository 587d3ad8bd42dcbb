// SPDX-License-Identifier: Apache-2.0
#pragma once
// "Did you mean": the known word that a misspelt one comes closest to.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cus::config {

// A slip is a letter too many, missing, wrong, or swapped with the next; a short word is allowed fewer than
// `slips`. Empty when no word is that close.
std::string nearest(std::string_view word, const std::vector<std::string>& known, std::size_t slips);

}  // namespace cus::config
