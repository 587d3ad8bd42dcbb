// SPDX-License-Identifier: Apache-2.0
#include "web/mcp_identity.hpp"

#include <gtest/gtest.h>

namespace cus::web {
namespace {

using HeaderList = std::vector<net::Header>;

Result<tools::Caller> read(HeaderList headers) {
  Request request;
  request.tenant = TenantId("acme");
  request.headers.fields = std::move(headers);
  return read_caller(request);
}

std::string chat(HeaderList headers) {
  const auto caller = read(std::move(headers));
  return caller && caller->chat ? caller->chat->str() : "";
}

TEST(McpIdentity, GivenNoHeaders_WhenRead_ThenOnlyTheTenantIsKnown) {
  const auto caller = read({});
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->tenant.str(), "acme");
  EXPECT_FALSE(caller->chat);
  EXPECT_EQ(caller->user_email + caller->user_name, "");
}

TEST(McpIdentity, GivenNoKey_WhenRead_ThenIdentityHeadersCountForNothing) {
  Request request;
  request.headers.fields = {{"X-Chat-Id", "a1"}, {"X-User-Email", "root@example.org"}};
  EXPECT_EQ(read_caller(request).error().code, Code::unauthorized);
}

TEST(McpIdentity, GivenHeaderAndAlias_WhenRead_ThenThePlainOneWinsUnlessItIsEmpty) {
  EXPECT_EQ(chat({{"X-Chat-Id", "a1"}, {"X-OpenWebUI-Chat-Id", "b2"}}), "a1");
  EXPECT_EQ(chat({{"X-Chat-Id", ""}, {"X-OpenWebUI-Chat-Id", "b2"}}), "b2");
  EXPECT_EQ(chat({{"x-chat-id", " \t"}, {"x-openwebui-chat-id", "b2"}}), "b2");
  EXPECT_EQ(chat({{"X-OpenWebUI-Chat-Id", "b2"}}), "b2");
  EXPECT_EQ(chat({{"X-Chat-Id", ""}}), "");
}

TEST(McpIdentity, GivenAChatId_WhenRead_ThenItIsCanonical) {
  EXPECT_EQ(chat({{"X-Chat-Id", "  TEAM-1 "}}), "team-1");
  EXPECT_EQ(chat({{"X-Chat-Id", "temporary:AbC"}}), "temporary:abc");
  EXPECT_EQ(chat({{"X-Chat-Id", "channel:0f8fad5b-d9cb-469f-a165-70867728950e"}}),
            "channel:0f8fad5b-d9cb-469f-a165-70867728950e");
}

TEST(McpIdentity, GivenABadChatId_WhenRead_ThenItIsRefused) {
  for (const std::string& id : {std::string(".."), std::string("a/b"), std::string("a\\b"),
                                std::string("a\x01"
                                            "b"),
                                std::string("\xFF"), std::string(129, 'x'), std::string("a\0b", 3)}) {
    EXPECT_FALSE(read({{"X-Chat-Id", id}})) << id;
    EXPECT_FALSE(read({{"X-OpenWebUI-Chat-Id", id}})) << id;
  }
}

TEST(McpIdentity, GivenAHeaderTwice_WhenRead_ThenItIsRefusedEvenWhenBothAgree) {
  for (const char* name : {"X-Chat-Id", "X-OpenWebUI-Chat-Id", "X-User-Email", "X-OpenWebUI-User-Email",
                           "X-User-Name", "X-OpenWebUI-User-Name"}) {
    EXPECT_FALSE(read({{name, "a"}, {name, "a"}})) << name;
  }
  EXPECT_FALSE(read({{"X-Chat-Id", "a"}, {"x-chat-ID", "b"}}));
}

TEST(McpIdentity, GivenUnderscoresForHyphens_WhenRead_ThenTheyAreRefused) {
  EXPECT_FALSE(read({{"X_Chat_Id", "a"}}));
  EXPECT_FALSE(read({{"X-Chat-Id", "a"}, {"x-chat_id", "b"}}));
  EXPECT_FALSE(read({{"X-OpenWebUI_User-Email", "a"}}));
}

TEST(McpIdentity, GivenAName_WhenRead_ThenItIsPercentDecodedAndPlusIsKept) {
  EXPECT_EQ(read({{"X-User-Name", "J%C3%B6rg%20A+B"}})->user_name, "J\xC3\xB6rg A+B");
  EXPECT_EQ(read({{"X-OpenWebUI-User-Name", "100% Ann %zz %4"}})->user_name, "100% Ann %zz %4");
}

TEST(McpIdentity, GivenAnEmail_WhenRead_ThenItIsTakenAsItIs) {
  EXPECT_EQ(read({{"X-OpenWebUI-User-Email", "a%20b@example.org"}})->user_email, "a%20b@example.org");
}

TEST(McpIdentity, GivenControlCharactersOrTooMuch_WhenRead_ThenNameAndEmailAreRefused) {
  for (const std::string& name : {std::string("a%0Ab"), std::string("a%00"), std::string("%7f"),
                                  std::string("%FF"), std::string("%1b[31m"), std::string(257, 'x')}) {
    EXPECT_FALSE(read({{"X-User-Name", name}})) << name;
  }
  for (const std::string& email :
       {std::string("a\nb"), std::string("a\x7f"), std::string("\xC3"), std::string(257, 'x')}) {
    EXPECT_FALSE(read({{"X-User-Email", email}})) << email;
  }
  EXPECT_TRUE(read({{"X-User-Name", std::string(256, 'x')}}));
}

}  // namespace
}  // namespace cus::web
