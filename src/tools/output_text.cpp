// SPDX-License-Identifier: Apache-2.0
#include "output_text.hpp"

#include <fmt/format.h>

#include "characters.hpp"
#include "cus/base/utf8.hpp"
#include "cus/guest/protocol.hpp"

namespace cus::tools {
namespace {

constexpr std::size_t part_characters = max_output_characters / 2;

std::string notice(std::uint64_t total, std::string_view spool) {
  if (spool.empty()) {
    return fmt::format(
        "\n\n[... truncated: the output has {} bytes, its middle is left out and was not kept. Run the "
        "command again with its output in a file, then look at parts of it with grep, head or tail. ...]\n\n",
        total);
  }
  const std::string_view extent = total > guest::spool_job_bytes ? "The first 64 MiB are" : "All of it is";
  return fmt::format(
      "\n\n[... truncated: the output has {} bytes, its middle is left out here. {} in {} : look at parts of "
      "it "
      "with grep, sed -n '100,200p', head or tail. ...]\n\n",
      total, extent, utf8::sanitize(spool));
}

}  // namespace

OutputText render_output(const KeptOutput& output, std::string_view spool) {
  if (output.whole()) {
    std::string text = utf8::sanitize(output.head + output.tail);
    if (utf8::length(text) <= max_output_characters) return {.text = std::move(text)};
    return {.text = fmt::format("{}{}{}", first_characters(text, part_characters),
                                notice(output.total, spool), last_characters(text, part_characters)),
            .truncated = true};
  }
  const std::string head = utf8::sanitize(output.head);
  const std::string tail = utf8::sanitize(output.tail);
  return {.text = fmt::format("{}{}{}", first_characters(head, part_characters), notice(output.total, spool),
                              last_characters(tail, part_characters)),
          .truncated = true};
}

}  // namespace cus::tools
