// SPDX-License-Identifier: Apache-2.0
#include "web/mcp_identity.hpp"

#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "cus/auth/user_token.hpp"
#include "cus/base/base64.hpp"

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
  for (const char* item : {"Chat-Id", "User-Email", "User-Name", "User-Id", "User-Role", "Message-Id",
                           "Gitlab-Token", "Gitlab-Host", "Anthropic-Api-Key", "Anthropic-Base-Url",
                           "Mcp-Tokens-Url", "Mcp-Tokens-Api-Key", "Mcp-Servers", "User-Jwt"}) {
    for (const std::string prefix : {"X-", "X-OpenWebUI-"}) {
      const std::string name = prefix + item;
      EXPECT_TRUE(read({{name, "a"}})) << name;
      EXPECT_FALSE(read({{name, "a"}, {name, "a"}})) << name;
      EXPECT_FALSE(read({{name, ""}, {name, ""}})) << name;
    }
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

TEST(McpIdentity, GivenEveryItem_WhenRead_ThenTheCallerHasThemAll) {
  const auto caller = read({{"X-OpenWebUI-User-Id", "0f8f"},
                            {"X-OpenWebUI-User-Role", "admin"},
                            {"X-OpenWebUI-Message-Id", "m-1"},
                            {"X-Gitlab-Token", "glpat-1"},
                            {"X-Gitlab-Host", "git.example.org:8443"},
                            {"X-Anthropic-Api-Key", "sk-1"},
                            {"X-Mcp-Servers", " files , docker_ai,,docker-ai, search,files"}});
  ASSERT_TRUE(caller) << caller.error().message;
  EXPECT_EQ(caller->user_id, "0f8f");
  EXPECT_EQ(caller->user_role, "admin");
  EXPECT_EQ(caller->message_id, "m-1");
  EXPECT_EQ(caller->gitlab_token.reveal(), "glpat-1");
  EXPECT_EQ(caller->gitlab_host, "git.example.org:8443");
  EXPECT_EQ(caller->anthropic_key.reveal(), "sk-1");
  EXPECT_THAT(caller->mcp_servers, testing::ElementsAre("files", "search"));
  EXPECT_FALSE(caller->user_verified);
}

TEST(McpIdentity, GivenAPlainUserIdAndAnAlias_WhenRead_ThenTheSameRuleHoldsAsForTheChat) {
  EXPECT_EQ(read({{"X-User-Id", "a"}, {"X-OpenWebUI-User-Id", "b"}})->user_id, "a");
  EXPECT_EQ(read({{"X-User-Id", " "}, {"X-OpenWebUI-User-Id", "b"}})->user_id, "b");
}

TEST(McpIdentity, GivenMalformedValues_WhenRead_ThenTheMessageNamesTheHeaderAndNotTheValue) {
  const std::vector<net::Header> bad = {{"X-User-Id", "a b"},
                                        {"X-User-Id", std::string(129, 'x')},
                                        {"X-User-Role", "r\xC3\xA9le"},
                                        {"X-Message-Id", "a\x01"},
                                        {"X-User-Email", "a@b <c@d>"},
                                        {"X-User-Email", "a@b,c@d"},
                                        {"X-Gitlab-Token", "two words"},
                                        {"X-Gitlab-Token", std::string(1025, 'x')},
                                        {"X-Gitlab-Host", "https://git.example.org"},
                                        {"X-Gitlab-Host", "user@git.example.org"},
                                        {"X-Gitlab-Host", "-git"},
                                        {"X-Anthropic-Api-Key", "k\x7f"},
                                        {"X-Anthropic-Base-Url", "http://a b"},
                                        {"X-Mcp-Tokens-Url", std::string(2049, 'x')},
                                        {"X-Mcp-Servers", "a/b"},
                                        {"X-Mcp-Servers", ".."},
                                        {"X-Mcp-Servers", "a%2e"},
                                        {"X-Mcp-Servers", std::string(129, 'x')}};
  for (const net::Header& header : bad) {
    const auto caller = read({header});
    ASSERT_FALSE(caller) << header.name << ": " << header.value;
    EXPECT_EQ(caller.error().code, Code::invalid_argument);
    EXPECT_THAT(caller.error().message, testing::HasSubstr(header.name));
    EXPECT_THAT(caller.error().message, testing::Not(testing::HasSubstr(header.value)));
  }
}

TEST(McpIdentity, GivenTooManyServers_WhenRead_ThenTheyAreRefused) {
  std::string names;
  for (int i = 0; i < 64; ++i) names += "s" + std::to_string(i) + ",";
  EXPECT_EQ(read({{"X-Mcp-Servers", names}})->mcp_servers.size(), 64U);
  EXPECT_FALSE(read({{"X-Mcp-Servers", names + "one-more"}}));
}

// Case C07: the server connects nowhere because a caller says so, and what was meant for there goes nowhere.
TEST(McpIdentity, GivenAddressesOfACaller_WhenRead_ThenTheyAndTheKeysForThemAreForgotten) {
  for (const char* url : {"http://127.0.0.1:1", "file:///etc/passwd", "gopher://x", "nonsense"}) {
    const auto caller = read({{"X-Anthropic-Base-Url", url},
                              {"X-Anthropic-Api-Key", "sk-1"},
                              {"X-Mcp-Tokens-Url", url},
                              {"X-Mcp-Tokens-Api-Key", "key"}});
    ASSERT_TRUE(caller) << url;
    EXPECT_TRUE(caller->anthropic_key.empty());
  }
}

std::string signed_user(std::string_view claims, const std::string& key) {
  const std::string text =
      encode_base64(R"({"alg":"HS256"})", Base64::url) + "." + encode_base64(claims, Base64::url);
  std::string mac(32, '\0');
  unsigned int size = 0;
  ::HMAC(::EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(mac.data()), &size);
  return text + "." + encode_base64(mac, Base64::url);
}

Result<tools::Caller> read_signed(HeaderList headers) {
  static const auth::UserTokens tokens{Secret("the secret of both")};
  Request request;
  request.tenant = TenantId("acme");
  request.user_tokens = &tokens;
  request.headers.fields = std::move(headers);
  return read_caller(request);
}

constexpr std::string_view ada =
    R"({"sub":"u1","email":"ada@example.org","name":"Ada %41","role":"user","exp":9999999999})";

TEST(McpIdentity, GivenASecretAndAToken_WhenRead_ThenTheUserIsTheSignedOneAndTheChatThePlainOne) {
  const auto caller = read_signed({{"X-OpenWebUI-User-Jwt", signed_user(ada, "the secret of both")},
                                   {"X-User-Email", "root@example.org"},
                                   {"X-OpenWebUI-User-Id", "root"},
                                   {"X-OpenWebUI-Chat-Id", "C1"},
                                   {"X-OpenWebUI-Message-Id", "m1"}});
  ASSERT_TRUE(caller) << caller.error().message;
  EXPECT_TRUE(caller->user_verified);
  EXPECT_EQ(caller->user_id, "u1");
  EXPECT_EQ(caller->user_email, "ada@example.org");
  EXPECT_EQ(caller->user_name, "Ada %41");
  EXPECT_EQ(caller->chat->str(), "c1");
  EXPECT_EQ(caller->message_id, "m1");
}

TEST(McpIdentity, GivenASecretAndNoToken_WhenRead_ThenWrittenUsersCountForNothing) {
  const auto caller = read_signed(
      {{"X-User-Email", "root@example.org"}, {"X-OpenWebUI-User-Id", "root"}, {"X-User-Name", "%00"}});
  ASSERT_TRUE(caller);
  EXPECT_FALSE(caller->user_verified);
  EXPECT_EQ(caller->user_email + caller->user_id + caller->user_name + caller->user_role, "");
}

TEST(McpIdentity, GivenABadToken_WhenRead_ThenTheRequestIsRefused) {
  EXPECT_EQ(read_signed({{"X-OpenWebUI-User-Jwt", signed_user(ada, "another")}}).error().code,
            Code::unauthorized);
  EXPECT_EQ(read_signed({{"X-OpenWebUI-User-Jwt", "nonsense"}}).error().code, Code::invalid_argument);
  const std::string odd = signed_user(R"({"sub":"a\nb","exp":9999999999})", "the secret of both");
  EXPECT_EQ(read_signed({{"X-OpenWebUI-User-Jwt", odd}}).error().code, Code::invalid_argument);
}

TEST(McpIdentity, GivenNoSecret_WhenATokenIsSent_ThenItIsNotLookedAt) {
  const auto caller = read({{"X-OpenWebUI-User-Jwt", "nonsense"}, {"X-User-Id", "a"}});
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->user_id, "a");
}

}  // namespace
}  // namespace cus::web
