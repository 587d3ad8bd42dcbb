// SPDX-License-Identifier: Apache-2.0
// Input: the id of an event on the first line, its data on the others.
#include "web/sse.hpp"

#include <nlohmann/json.hpp>

#include "cus/base/json.hpp"
#include "fuzz/fuzz.hpp"
#include "fuzz/sse_parser.hpp"

namespace cus::fuzz {
namespace {

SseParser parsed(std::string_view stream, std::string_view retry = {}) {
  SseParser parser;
  parser.feed(stream);
  require(parser.between_events(), "what was written ends with an event", stream);
  require(parser.retry() == retry, "the time of reconnection is what was meant", stream);
  return parser;
}

// The format has no carriage return: each line break becomes a line feed.
std::string with_line_feeds(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && text.substr(i).starts_with("\r\n")) continue;
    result += text[i] == '\r' ? '\n' : text[i];
  }
  return result;
}

void check_event(std::string_view data, std::string_view id) {
  const bool carried = id.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
  const std::string expected_id = std::string(carried ? id : "");
  const SseEvent event{.type = {}, .data = with_line_feeds(data), .last_id = expected_id};
  const std::string stream = web::format_event(data, id);
  require(parsed(stream).events() == std::vector{event}, "an event is one event with its data and id",
          stream);

  const SseEvent next{.type = {}, .data = "next", .last_id = expected_id};
  const std::string longer = stream + web::format_comment(data) + web::format_event("next", "");
  require(parsed(longer).events() == std::vector{event, next}, "an event changes none after it", longer);

  const SseEvent priming{.type = {}, .data = {}, .last_id = expected_id};
  const std::string primed = web::format_priming(id, std::chrono::milliseconds(1500)) + stream;
  require(parsed(primed, "1500").events() == std::vector{priming, event}, "a priming event is empty", primed);
}

void check_json(std::string_view data, std::string_view id) {
  const auto json = parse_json(data);
  if (!json) return;
  const std::string text = dump_json(*json);
  const SseParser parser = parsed(web::format_event(text, id));
  require(parser.events().size() == 1 && parser.events().front().data == text,
          "JSON comes back byte for byte", text);
}

}  // namespace
}  // namespace cus::fuzz

// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cus::fuzz;
  const std::string_view input = as_text(data, size);
  std::string_view text = input;
  const std::string_view id = take_line(text);
  check_event(text, id);
  check_event(id, text);
  check_json(text, id);
  require(parsed(cus::web::format_comment(input)).events().empty(), "a comment is no event", input);
  return 0;
}
