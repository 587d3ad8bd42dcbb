// SPDX-License-Identifier: Apache-2.0
#include "config/nearest.hpp"

#include <algorithm>
#include <utility>

namespace cus::config {
namespace {

constexpr std::size_t longest_word = 64;

// Insertions, deletions, replacements and swaps of neighbours from one word to the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> swapped;  // the row before last
  std::vector<std::size_t> last(b.size() + 1);
  for (std::size_t j = 0; j < last.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1, i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], swapped[j - 2] + 1);
      }
    }
    swapped = std::exchange(last, std::move(row));
  }
  return last.back();
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& known, std::size_t slips) {
  if (word.size() > longest_word) return {};
  std::string best;
  std::size_t least = std::min(slips, word.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const std::size_t d = distance(word, candidate);
    if (d >= least) continue;
    least = d;
    best = candidate;
  }
  return best;
}

}  // namespace cus::config
