// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "fixture.hpp"

namespace cus::mcp {
namespace {

using test::request;
using testing::HasSubstr;

struct ServerRules : test::ServerTest {
  std::string batch(std::size_t size) {
    std::string text = "[";
    for (std::size_t i = 0; i < size; ++i)
      text += (i == 0 ? "" : ",") + request("ping", "{}", std::to_string(i));
    return text + "]";
  }
};

TEST_F(ServerRules, GivenTextThatIsNotJson_WhenPosted_ThenItIsAParseError) {
  for (const std::string& body :
       {std::string(), std::string("{"), std::string("{} x"), std::string("\xEF\xBB\xBF{}"),
        std::string(R"({"a":1e400})"), std::string(R"({"a":"\ud800"})"), std::string("{\"a\":\"\xFF\"}"),
        std::string(1'000, '['), std::string(1'000'000, '['), "{\"a\":" + std::string(100'000, '[')}) {
    const Reply reply = post(body);
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(error_code(reply), -32700) << body.substr(0, 20);
    EXPECT_TRUE((*parse_json(*reply.message))["id"].is_null());
  }
}

TEST_F(ServerRules, GivenJsonThatIsNoMessage_WhenPosted_ThenItIsAnInvalidRequest) {
  for (const char* body : {"1", "null", "{}", R"({"jsonrpc":"2.0","id":null,"method":"ping"})"}) {
    const Reply reply = post(body);
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(error_code(reply), -32600) << body;
  }
}

TEST_F(ServerRules, GivenNotificationsAndResponses_WhenPosted_ThenTheyAreAcceptedWithoutAnAnswer) {
  for (const char* body :
       {R"({"jsonrpc":"2.0","method":"notifications/initialized"})",
        R"({"jsonrpc":"2.0","method":"notifications/unheard/of","params":[]})",
        R"({"jsonrpc":"2.0","method":"notifications/cancelled"})", R"({"jsonrpc":"2.0","id":1,"result":{}})",
        R"({"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}})"}) {
    const Reply reply = post(body);
    EXPECT_EQ(reply.status, 202) << body;
    EXPECT_FALSE(reply.message);
  }
}

TEST_F(ServerRules, GivenAnUnknownMethod_WhenCalled_ThenItIsAnErrorInBand) {
  for (const char* method : {"prompts/list", "resources/list", "logging/setLevel", "server/discover", ""}) {
    const Json answer = ask(request(method));
    EXPECT_EQ(answer["error"]["code"], -32601) << method;
    EXPECT_EQ(answer["id"], 1);
  }
}

TEST_F(ServerRules, GivenParametersThatAreNoObject_WhenCalled_ThenTheyAreRefusedInBand) {
  for (const char* params : {"[]", "1", "\"x\"", "true"}) {
    EXPECT_EQ(ask(request("tools/list", params))["error"]["code"], -32602) << params;
  }
  EXPECT_TRUE(ask(request("tools/list", "null")).contains("result"));
}

TEST_F(ServerRules, GivenTheList_WhenAsked_ThenAllToolsAreOnPageOneInTheirOrder) {
  for (const char* params : {"{}", R"({"cursor":""})", R"({"cursor":null})"}) {
    const Json list = ask(request("tools/list", params))["result"];
    EXPECT_EQ(list["tools"][0]["name"], "echo");
    EXPECT_EQ(list["tools"].size(), 5U);
    EXPECT_FALSE(list.contains("nextCursor"));
  }
}

TEST_F(ServerRules, GivenACursorWeNeverGave_WhenAsked_ThenItIsRefused) {
  EXPECT_EQ(ask(request("tools/list", R"({"cursor":"page2"})"))["error"]["code"], -32602);
  EXPECT_EQ(ask(request("tools/list", R"({"cursor":1})"))["error"]["code"], -32602);
}

TEST_F(ServerRules, GivenABatch_WhenTheRevisionKnowsThem_ThenEachRequestIsAnswered) {
  const std::string body = "[" + request("ping", "{}", "1") +
                           R"(,{"jsonrpc":"2.0","method":"notifications/x"},7,)" +
                           request("nope", "{}", "\"b\"") + "]";
  for (const std::optional<std::string>& version : {std::optional<std::string>("2025-03-26"), {}}) {
    const Json answers = ask(body, version);
    ASSERT_EQ(answers.size(), 3U);
    EXPECT_EQ(answers[0]["id"], 1);
    EXPECT_EQ(answers[1]["error"]["code"], -32600);
    EXPECT_EQ(answers[2]["id"], "b");
    EXPECT_EQ(answers[2]["error"]["code"], -32601);
  }
}

TEST_F(ServerRules, GivenABatchOfNotifications_WhenPosted_ThenThereIsNothingToAnswer) {
  const Reply reply = post(R"([{"jsonrpc":"2.0","method":"notifications/x"}])", "2025-03-26");
  EXPECT_EQ(reply.status, 202);
  EXPECT_FALSE(reply.message);
}

TEST_F(ServerRules, GivenABatch_WhenTheRevisionDoesNotKnowThem_ThenItIsRefused) {
  for (const char* version : {"2024-11-05", "2025-06-18", "2025-11-25", "2026-07-28"}) {
    const Reply reply = post(batch(1), version);
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(error_code(reply), -32600);
  }
}

TEST_F(ServerRules, GivenABatchOfTheWrongSize_WhenPosted_ThenItIsRefused) {
  EXPECT_EQ(post(batch(50)).status, 200);
  EXPECT_EQ(post(batch(51)).status, 400);
  EXPECT_EQ(post("[]").status, 400);
}

TEST_F(ServerRules, GivenInitializeInABatch_WhenPosted_ThenNothingOfItIsDone) {
  const Reply reply = post("[" + request("ping") + "," + request("initialize") + "]");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(error_code(reply), -32600);
}

TEST_F(ServerRules, GivenARefusalOfTheEnvelope_WhenMade_ThenItIsJsonRpcToo) {
  const Reply reply = refuse(413, "Too much.");
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(error_code(reply), -32600);
  EXPECT_THAT(*reply.message, HasSubstr("Too much."));
}

}  // namespace
}  // namespace cus::mcp
