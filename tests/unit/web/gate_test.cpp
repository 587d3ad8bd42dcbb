// SPDX-License-Identifier: Apache-2.0
#include "web/gate.hpp"

#include <gmock/gmock.h>

namespace cus::web {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

Task<> nothing(Exchange&) {
  co_return;
}

class GateTest : public testing::Test {
 protected:
  Verdict judge(std::string method, std::string target, std::vector<net::Header> fields = {},
                Phase phase = Phase::serving, std::string_view peer = "192.0.2.1") {
    net::RequestHead head;
    head.method = std::move(method);
    head.target = std::move(target);
    head.headers.fields = std::move(fields);
    if (!head.headers.find("Host")) head.headers.set("Host", "localhost");
    return gate.judge(head, peer, phase, now);
  }
  int status(const Verdict& verdict) { return verdict.refusal ? verdict.refusal->status : 200; }
  static std::string header(const Verdict& verdict, std::string_view name) {
    return std::string(verdict.refusal->headers.find(name).value_or(""));
  }

  Clock::time_point now{std::chrono::hours(1)};
  Gate gate{{{.method = "POST", .path = "/mcp", .auth = Auth::key, .purpose = "p", .handle = nothing},
             {.method = "GET", .path = "/health", .auth = Auth::open, .purpose = "p", .handle = nothing},
             {.method = "GET", .path = "/files/*", .auth = Auth::key, .purpose = "p", .handle = nothing}},
            {.keys = *auth::KeyRing::parse({.named = "team:right-key"}),
             .proxies = *auth::TrustedProxies::parse("192.0.2.250"),
             .user_tokens = auth::UserTokens(Secret("a secret of both sides"))}};
};

TEST_F(GateTest, GivenTheRightKey_WhenJudged_ThenTheHandlerLearnsWhoCalls) {
  const Verdict verdict =
      judge("POST", "/mcp?key=x", {{"Authorization", "Bearer right-key"}, {"X-Chat-Id", "c"}});
  ASSERT_FALSE(verdict.refusal);
  EXPECT_EQ(verdict.route->path, "/mcp");
  EXPECT_EQ(verdict.request.tenant, TenantId("team"));
  EXPECT_EQ(verdict.request.path, "/mcp");
  EXPECT_EQ(verdict.request.query, "key=x");
  EXPECT_EQ(verdict.request.peer, "192.0.2.1");
  EXPECT_EQ(verdict.request.headers.find("x-chat-id"), "c");
}

TEST_F(GateTest, GivenNoOrAWrongKey_WhenJudged_ThenTheRefusalSaysWhatToSend) {
  const Verdict none = judge("POST", "/mcp?key=right-key&api_key=right-key");
  EXPECT_EQ(status(none), 401);
  EXPECT_EQ(header(none, "WWW-Authenticate"), "Bearer");
  EXPECT_THAT(none.refusal->body, HasSubstr("Authorization: Bearer"));
  EXPECT_THAT(none.refusal->body, StartsWith("{\"error\""));
  const Verdict wrong = judge("POST", "/mcp", {{"X-API-Key", "wrong"}});
  EXPECT_EQ(status(wrong), 401);
  EXPECT_EQ(header(wrong, "WWW-Authenticate"), "Bearer error=\"invalid_token\"");
  EXPECT_EQ(status(judge("POST", "/mcp", {{"Authorization", "Bearer "}})), 401);
  EXPECT_EQ(wrong.route, nullptr);
}

TEST_F(GateTest, GivenAGuesser_WhenItGoesOn_ThenItIsToldToWait) {
  int tries = 0;
  Verdict verdict;
  do {
    verdict = judge("POST", "/mcp", {{"X-API-Key", "wrong"}});
  } while (status(verdict) == 401 && ++tries < 20);
  EXPECT_EQ(status(verdict), 429);
  EXPECT_GE(std::stoi(header(verdict, "Retry-After")), 1);
  EXPECT_EQ(status(judge("GET", "/health", {{"X-API-Key", "wrong"}})), 200) << "open routes stay open";
}

TEST_F(GateTest, GivenAnOpenRoute_WhenJudged_ThenNobodyIsAskedAndAKeyIsStillKnown) {
  EXPECT_FALSE(judge("GET", "/health").request.tenant);
  EXPECT_EQ(judge("GET", "/health", {{"X-API-Key", "right-key"}}).request.tenant, TenantId("team"));
  EXPECT_FALSE(judge("GET", "/health", {{"X-API-Key", "wrong"}}).request.tenant);
}

TEST_F(GateTest, GivenAForeignHostOrOrigin_WhenJudged_ThenItIsRefusedBeforeTheKey) {
  for (const net::Header& field : {net::Header{"Host", "evil.example"}, net::Header{"Origin", "null"},
                                   net::Header{"Origin", "https://evil.example"}}) {
    for (const char* target : {"/mcp", "/health", "/files/a", "/nowhere"}) {
      for (const char* method : {"GET", "POST", "OPTIONS"}) {
        const Verdict verdict = judge(method, target, {field, {"X-API-Key", "wrong"}});
        EXPECT_EQ(status(verdict), 403) << method << target << field.value;
        EXPECT_TRUE(verdict.extra.fields.empty()) << "no browser may read it";
      }
    }
  }
  EXPECT_EQ(status(judge("POST", "/mcp", {{"X-API-Key", "wrong"}})), 401) << "none of them cost a guess";
}

TEST_F(GateTest, GivenAnAllowedOrigin_WhenJudged_ThenEachAnswerMayBeRead) {
  const Verdict verdict = judge("POST", "/mcp", {{"Origin", "http://localhost:6274"}});
  EXPECT_EQ(status(verdict), 401);
  EXPECT_EQ(verdict.extra.find("Access-Control-Allow-Origin"), "http://localhost:6274");
}

TEST_F(GateTest, GivenAPreflight_WhenJudged_ThenItIsAnsweredWithoutAKey) {
  const Verdict verdict = judge("OPTIONS", "/mcp",
                                {{"Origin", "http://localhost:6274"},
                                 {"Access-Control-Request-Method", "POST"},
                                 {"Access-Control-Request-Headers", "mcp-param-x"}});
  EXPECT_EQ(status(verdict), 204);
  EXPECT_EQ(header(verdict, "Allow"), "POST, OPTIONS");
  EXPECT_THAT(header(verdict, "Access-Control-Allow-Headers"), HasSubstr("mcp-param-x"));
  EXPECT_EQ(status(judge("OPTIONS", "/nowhere")), 404);
  EXPECT_EQ(status(judge("OPTIONS", "*")), 400);
}

TEST_F(GateTest, GivenAnotherMethod_WhenJudged_ThenAllowListsThePathsOwn) {
  for (const char* method : {"GET", "PUT", "TRACE", "BREW", "post"}) {
    const Verdict verdict = judge(method, "/mcp", {{"X-API-Key", "right-key"}});
    EXPECT_EQ(status(verdict), 405) << method;
    EXPECT_EQ(header(verdict, "Allow"), "POST, OPTIONS");
  }
  EXPECT_EQ(status(judge("CONNECT", "localhost:80")), 501);
}

// The variants of one path (case A09): without the key none of them reaches a handler that wants it.
TEST_F(GateTest, GivenEveryVariantOfAProtectedPath_WhenJudgedWithoutAKey_ThenNoneIsServed) {
  for (const char* target : {"/mcp",
                             "//mcp",
                             "/mcp/",
                             "/mcp%2f",
                             "/mcp%2F",
                             "/mcp;x",
                             "/%6Dcp",
                             "/./mcp",
                             "/health/../mcp",
                             "/mcp%00",
                             "/mcp%20",
                             "/MCP",
                             "http://localhost/mcp",
                             "http://evil/mcp",
                             "/files/a1/..;/",
                             "/%2e%2e/mcp",
                             "/files/%2e%2e/mcp",
                             "/files/\xff",
                             "*",
                             "mcp",
                             "/mcp?x=/health",
                             "/health%2f..%2fmcp",
                             "/health;/mcp"}) {
    for (const char* method : {"GET", "POST", "HEAD"}) {
      const Verdict verdict = judge(method, target);
      EXPECT_GE(status(verdict), 300) << method << " " << target;
      EXPECT_EQ(verdict.route, nullptr) << target;
    }
  }
}

TEST_F(GateTest, GivenASlashTooMany_WhenJudged_ThenTheRightPathIsNamed) {
  const Verdict verdict = judge("POST", "/mcp/?a=b");
  EXPECT_EQ(status(verdict), 307);
  EXPECT_EQ(header(verdict, "Location"), "/mcp?a=b");
  EXPECT_EQ(status(judge("POST", "/nowhere/")), 404);
}

TEST_F(GateTest, GivenAMalformedHead_WhenJudged_ThenTheConnectionEndsAndMcpClientsCanReadWhy) {
  const Verdict verdict = judge("POST", "/mcp", {{"X_Chat_Id", "c"}, {"X-API-Key", "right-key"}});
  EXPECT_EQ(status(verdict), 400);
  EXPECT_TRUE(verdict.close);
  EXPECT_THAT(verdict.refusal->body, HasSubstr("jsonrpc"));
  EXPECT_EQ(status(judge("GET", "/a/../b")), 400);
}

TEST_F(GateTest, GivenAServerThatStops_WhenJudged_ThenEverythingIsPutOff) {
  const Verdict verdict = judge("POST", "/mcp", {{"X-API-Key", "right-key"}}, Phase::draining);
  EXPECT_EQ(status(verdict), 503);
  EXPECT_TRUE(verdict.close);
  EXPECT_EQ(header(verdict, "Retry-After"), "1");
}

TEST_F(GateTest, GivenARequestId_WhenWellFormed_ThenItIsKeptAndElseReplaced) {
  EXPECT_EQ(judge("GET", "/health", {{"X-Request-Id", "Abc-1.2_3"}}).request.request_id, "Abc-1.2_3");
  for (const std::string& id :
       {std::string(), std::string("a b"), std::string("a\tb"), std::string(65, 'a')}) {
    EXPECT_THAT(judge("GET", "/health", {{"X-Request-Id", id}}).request.request_id,
                MatchesRegex("[0-9a-f]{16}"));
  }
}

TEST_F(GateTest, GivenATraceparent_WhenWellFormed_ThenItIsKeptAndElseForgotten) {
  const std::string good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  EXPECT_EQ(judge("GET", "/health", {{"traceparent", good}}).request.traceparent, good);
  const Verdict verdict = judge("GET", "/health", {{"traceparent", "00-evil"}});
  EXPECT_EQ(status(verdict), 200);
  EXPECT_EQ(verdict.request.traceparent, "");
}

// Case C06.
TEST_F(GateTest, GivenForwardedHeaders_WhenTheyComeFromAnybody_ThenTheyMeanNothing) {
  const Verdict verdict = judge("GET", "/health",
                                {{"X-Forwarded-For", "203.0.113.5"},
                                 {"X-Forwarded-Proto", "https"},
                                 {"X-Forwarded-Host", "evil.example"}});
  EXPECT_EQ(status(verdict), 200);
  EXPECT_EQ(verdict.request.peer, "192.0.2.1");
  EXPECT_EQ(verdict.request.host, "localhost");
  EXPECT_FALSE(verdict.request.secure);
}

TEST_F(GateTest, GivenForwardedHeaders_WhenTheyComeFromATrustedProxy_ThenTheyTellTheClient) {
  const Verdict verdict = judge("GET", "/health",
                                {{"X-Forwarded-For", "203.0.113.5"},
                                 {"X-Forwarded-Proto", "https"},
                                 {"X-Forwarded-Host", "localhost:9000"}},
                                Phase::serving, "192.0.2.250");
  EXPECT_EQ(status(verdict), 200);
  EXPECT_EQ(verdict.request.peer, "203.0.113.5");
  EXPECT_EQ(verdict.request.host, "localhost:9000");
  EXPECT_TRUE(verdict.request.secure);
  EXPECT_EQ(
      status(judge("GET", "/health", {{"X-Forwarded-Host", "evil.example"}}, Phase::serving, "192.0.2.250")),
      403);
}

TEST_F(GateTest, GivenAGuesserBehindAProxy_WhenItGoesOn_ThenOthersBehindItAreNotLockedOut) {
  const auto guess = [this](const char* client, const char* key) {
    return status(judge("POST", "/mcp", {{"X-API-Key", key}, {"X-Forwarded-For", client}}, Phase::serving,
                        "192.0.2.250"));
  };
  int last = 0;
  for (int i = 0; i < 40; ++i) last = guess("203.0.113.5", "wrong");
  EXPECT_EQ(last, 429);
  EXPECT_EQ(guess("203.0.113.6", "wrong"), 401);
  EXPECT_EQ(gate.wrong_keys(), 41U);
}

TEST_F(GateTest, GivenARightKey_WhenJudged_ThenTheHandlerCanCheckSignedUsers) {
  EXPECT_NE(judge("POST", "/mcp", {{"X-API-Key", "right-key"}}).request.user_tokens, nullptr);
  EXPECT_NE(judge("GET", "/health").request.user_tokens, nullptr) << "an open route too";
}

TEST_F(GateTest, GivenARefusal_WhenCounted_ThenTheRouteItWasForIsKnown) {
  EXPECT_EQ(judge("POST", "/mcp").asked->path, "/mcp");
  EXPECT_EQ(judge("POST", "/nowhere").asked, nullptr);
}

}  // namespace
}  // namespace cus::web
