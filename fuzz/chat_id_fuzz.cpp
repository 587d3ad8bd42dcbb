// SPDX-License-Identifier: Apache-2.0
// Input: two chat ids, one on the first line and one on the others.
#include "cus/base/id.hpp"
#include "cus/base/utf8.hpp"
#include "fuzz/fuzz.hpp"

namespace cus::fuzz {
namespace {

// All that two spellings of one id may differ in: white space around it and the case of ASCII letters.
std::string folded(std::string_view text) {
  constexpr std::string_view blank = " \t\n\v\f\r";
  const std::size_t begin = text.find_first_not_of(blank);
  if (begin == std::string_view::npos) return {};
  std::string result;
  for (const char c : text.substr(begin, text.find_last_not_of(blank) + 1 - begin)) {
    result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

// The code points of valid UTF-8.
std::u32string code_points(std::string_view text) {
  std::u32string points;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U) {
      points.back() = points.back() << 6U | (byte & 0x3FU);
    } else {
      const unsigned bits = byte < 0x80   ? byte
                            : byte < 0xE0 ? byte & 0x1FU
                            : byte < 0xF0 ? byte & 0x0FU
                                          : byte & 7U;
      points += static_cast<char32_t>(bits);
    }
  }
  return points;
}

void check_accepted(std::string_view text, const std::string& id) {
  require(id == folded(text), "an id is what was sent, but for case and space around it", text);
  require(!id.empty() && id.size() <= 128, "an id has 1 to 128 bytes", id);
  require(utf8::valid(id), "an id is UTF-8", id);
  for (const char32_t point : code_points(id)) {
    require(point >= 0x20 && (point < 0x7f || point > 0x9f), "an id has no control character", id);
  }
  require(!id.contains('/') && !id.contains('\\') && !id.contains(".."), "an id is no path", id);
  const auto again = parse_chat_id(id);
  require(again && again->str() == id, "a canonical id stays as it is", id);
  for (const std::string& spelling : {" " + id + "\t", std::string(text) + "\n"}) {
    const auto same = parse_chat_id(spelling);
    require(same && same->str() == id, "space around an id does not count", spelling);
  }
}

}  // namespace
}  // namespace cus::fuzz

// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cus::fuzz;
  std::string_view second = as_text(data, size);
  const std::string_view first = take_line(second);
  const auto a = cus::parse_chat_id(first);
  const auto b = cus::parse_chat_id(second);
  if (a) check_accepted(first, a->str());
  if (b) check_accepted(second, b->str());
  if (!a || !b) return 0;
  const cus::TenantId tenant("t");
  require((cus::ChatKey{.tenant = tenant, .chat = *a} == cus::ChatKey{.tenant = tenant, .chat = *b}) ==
              (folded(first) == folded(second)),
          "two ids are one only when they are spellings of it", as_text(data, size));
  return 0;
}
