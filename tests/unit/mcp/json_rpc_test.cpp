// SPDX-License-Identifier: Apache-2.0
#include "mcp/json_rpc.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cus::mcp {
namespace {

Result<Message> read(const std::string& text) {
  return read_message(*parse_json(text));
}

TEST(JsonRpc, GivenARequest_WhenRead_ThenItsIdKeepsItsType) {
  for (const char* id : {"0", "-1", "9223372036854775808", "\"\"", "\"a\"", "\"1\""}) {
    const auto message = read(std::string(R"({"jsonrpc":"2.0","method":"ping","id":)") + id + "}");
    ASSERT_TRUE(message) << id;
    EXPECT_EQ(message->kind, MessageKind::request);
    EXPECT_EQ(dump_json(message->id), id);
  }
}

TEST(JsonRpc, GivenNoId_WhenThereIsAMethod_ThenItIsANotification) {
  const auto message = read(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
  EXPECT_EQ(message->kind, MessageKind::notification);
  EXPECT_TRUE(message->params.is_null());
}

TEST(JsonRpc, GivenNoMethod_WhenThereIsAResultOrAnError_ThenItIsAResponse) {
  EXPECT_EQ(read(R"({"jsonrpc":"2.0","id":1,"result":{}})")->kind, MessageKind::response);
  EXPECT_EQ(read(R"({"jsonrpc":"2.0","id":"x","error":{"code":1,"message":""}})")->kind,
            MessageKind::response);
}

TEST(JsonRpc, GivenDuplicateKeys_WhenRead_ThenTheLastOneCounts) {
  EXPECT_EQ(read(R"({"jsonrpc":"2.0","id":1,"id":2,"method":"ping"})")->id, 2);
}

TEST(JsonRpc, GivenAnythingElse_WhenRead_ThenItIsNoMessage) {
  const std::string long_id = "\"" + std::string(257, 'x') + "\"";
  for (const std::string& text :
       {std::string("1"), std::string("null"), std::string("\"x\""), std::string("{}"), std::string("[]"),
        std::string(R"({"id":1,"method":"ping"})"), std::string(R"({"jsonrpc":2.0,"id":1,"method":"ping"})"),
        std::string(R"({"jsonrpc":"1.0","id":1,"method":"ping"})"),
        std::string(R"({"jsonrpc":"2.0","id":1})"), std::string(R"({"jsonrpc":"2.0","result":{}})"),
        std::string(R"({"jsonrpc":"2.0","id":1,"method":7})"),
        std::string(R"({"jsonrpc":"2.0","id":null,"method":"ping"})"),
        std::string(R"({"jsonrpc":"2.0","id":1.5,"method":"ping"})"),
        std::string(R"({"jsonrpc":"2.0","id":[1],"method":"ping"})"),
        R"({"jsonrpc":"2.0","method":"ping","id":)" + long_id + "}",
        R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(129, 'm') + "\"}"}) {
    const auto message = read(text);
    ASSERT_FALSE(message) << text;
    EXPECT_EQ(message.error().code, Code::protocol);
  }
}

TEST(JsonRpc, GivenAnAnswer_WhenWritten_ThenItIsOneLineOfValidJson) {
  EXPECT_EQ(result_text("a\n", R"({"x":1})"), R"({"jsonrpc":"2.0","id":"a\n","result":{"x":1}})");
  const Json error = *parse_json(error_text(nullptr, -32600, "bad \xFF\n", {{"k", 1}}));
  EXPECT_TRUE(error["id"].is_null());
  EXPECT_EQ(error["error"]["code"], -32600);
  EXPECT_EQ(error["error"]["message"], "bad \xEF\xBF\xBD\n");
  EXPECT_EQ(error["error"]["data"]["k"], 1);
}

}  // namespace
}  // namespace cus::mcp
