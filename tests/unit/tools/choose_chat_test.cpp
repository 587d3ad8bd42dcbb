// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cus/tools/tool.hpp"

namespace cus::tools {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Caller caller(std::optional<std::string> chat) {
  Caller result{.tenant = TenantId("acme"), .chat = {}, .user_email = {}, .user_name = {}};
  if (chat) result.chat = ChatId(*chat);
  return result;
}

struct ChatCase {
  SingleUserMode mode;
  std::optional<std::string> header;
  std::optional<std::string> chat;  // nullopt: refused
  bool note;
};

TEST(ChooseChat, GivenTheMode_WhenAHeaderIsThereOrNot_ThenTheChatIsAsTheTableSays) {
  using enum SingleUserMode;
  const std::vector<ChatCase> table = {
      {lenient, "a1", "a1", false},     {lenient, {}, "default", true}, {lenient, "default", "default", true},
      {single, "a1", "default", false}, {single, {}, "default", false}, {single, "default", "default", false},
      {strict, "a1", "a1", false},      {strict, {}, {}, false},        {strict, "default", {}, false},
  };
  for (const ChatCase& c : table) {
    const auto choice = choose_chat(caller(c.header), c.mode);
    ASSERT_EQ(choice.has_value(), c.chat.has_value());
    if (!choice) continue;
    EXPECT_EQ(choice->key.chat.str(), *c.chat);
    EXPECT_EQ(choice->key.tenant.str(), "acme");
    EXPECT_EQ(choice->shared_default, c.note);
  }
}

TEST(ChooseChat, GivenStrictMode_WhenTheHeaderIsMissing_ThenTheModelIsToldWhatToSet) {
  const auto choice = choose_chat(caller({}), SingleUserMode::strict);
  EXPECT_THAT(choice.error().message, StartsWith("Error: X-Chat-Id header is required"));
  EXPECT_THAT(choice.error().message, HasSubstr("SINGLE_USER_MODE"));
}

}  // namespace
}  // namespace cus::tools
