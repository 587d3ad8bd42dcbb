// SPDX-License-Identifier: Apache-2.0
#include "web/sse.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace cus::web {
namespace {

struct Event {
  std::string id;
  std::string data;
  bool operator==(const Event&) const = default;
};

// A reader written from the format's definition, not from our writer: lines end at CR LF, LF or CR.
std::vector<Event> parse(std::string_view text) {
  std::vector<Event> events;
  Event event;
  bool has_data = false;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("\r\n");
    if (end == std::string_view::npos) break;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + (text.substr(end, 2) == "\r\n" ? 2 : 1));
    if (line.empty()) {
      if (has_data) events.push_back(event);
      event = {};
      has_data = false;
      continue;
    }
    const std::size_t colon = line.find(':');
    std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (line.substr(0, colon) == "id") event.id = value;
    if (line.substr(0, colon) != "data") continue;
    if (has_data) event.data += '\n';
    event.data += value;
    has_data = true;
  }
  return events;
}

TEST(Sse, GivenAJsonMessage_WhenFormatted_ThenItIsOneLine) {
  EXPECT_EQ(format_event(R"({"a":"b\n"})", ""), "data: {\"a\":\"b\\n\"}\n\n");
  EXPECT_EQ(format_event("x", "7"), "id: 7\ndata: x\n\n");
  EXPECT_EQ(format_event("", "1"), "id: 1\ndata: \n\n");
}

TEST(Sse, GivenHardText_WhenParsedBack_ThenItIsTheSame) {
  for (const std::string& data :
       {std::string(), std::string("one"), std::string("two\nlines"), std::string("\n"),
        std::string("\n\n\n"), std::string("ends\n"), std::string(" leading space"),
        std::string("data: x\n\nid: 9"), std::string("a\0b", 3), std::string("\xe2\x80\xa8 line separator"),
        std::string("\xd0\x96\xf0\x9f\x98\x80"), std::string(100'000, 'x'), std::string(":comment"),
        std::string("event: evil")}) {
    EXPECT_EQ(parse(format_event(data, "id-1")), (std::vector<Event>{{"id-1", data}}));
  }
}

TEST(Sse, GivenCarriageReturns_WhenParsedBack_ThenEachLineBreakIsALineFeed) {
  EXPECT_EQ(parse(format_event("a\rb\r\nc\r", "")), (std::vector<Event>{{"", "a\nb\nc\n"}}));
}

TEST(Sse, GivenCharactersCutAnywhere_WhenSent_ThenNoEventIsAdded) {
  const std::string text = "\xe2\x82\xac\r\n\xe2\x82\xac";
  for (std::size_t i = 0; i <= text.size(); ++i) {
    EXPECT_EQ(parse(format_event(text.substr(0, i), "") + format_event(text.substr(i), "")).size(), 2U) << i;
  }
}

TEST(Sse, GivenAnIdThatWouldBreakTheStream_WhenFormatted_ThenItIsLeftOut) {
  for (const std::string& id : {std::string("a\nb"), std::string("a\rdata: x"), std::string("a\0b", 3)}) {
    EXPECT_EQ(parse(format_event("x", id)), (std::vector<Event>{{"", "x"}}));
  }
}

TEST(Sse, GivenAComment_WhenParsed_ThenItIsNoEvent) {
  EXPECT_EQ(format_comment("keep-alive"), ": keep-alive\n\n");
  EXPECT_TRUE(parse(format_comment("a\n\ndata: evil\n\n")).empty());
}

}  // namespace
}  // namespace cus::web
