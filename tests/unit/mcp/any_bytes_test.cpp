// SPDX-License-Identifier: Apache-2.0
// Whatever arrives, the server answers with valid JSON-RPC or with nothing, and never throws.

#include <random>

#include "fixture.hpp"

namespace cus::mcp {
namespace {

struct AnyBytes : test::ServerTest {
  void check(const std::string& body, std::optional<std::string> version) {
    const Reply reply = post(body, version);
    ASSERT_TRUE(reply.status == 200 || reply.status == 202 || reply.status == 400 || reply.status == 404)
        << body;
    ASSERT_EQ(reply.message.has_value(), reply.status != 202) << body;
    if (!reply.message) return;
    const auto json = parse_json(*reply.message);
    ASSERT_TRUE(json) << body;
    ASSERT_FALSE(reply.message->contains('\n')) << body;
    for (const Json& answer : json->is_array() ? *json : Json::array({*json})) {
      ASSERT_EQ(answer["jsonrpc"], "2.0") << body;
      ASSERT_TRUE(answer.contains("id")) << body;
      ASSERT_NE(answer.contains("result"), answer.contains("error")) << body;
    }
  }

  std::mt19937 random{20251125};
};

TEST_F(AnyBytes, GivenRandomBytes_WhenPosted_ThenTheAnswerIsJsonRpc) {
  for (int round = 0; round < 4'000; ++round) {
    std::string body(random() % 64, '\0');
    for (char& byte : body) byte = static_cast<char>(random());
    check(body, {});
  }
}

// Valid messages with some bytes changed, so that the deeper checks are reached too.
TEST_F(AnyBytes, GivenMutatedMessages_WhenPosted_ThenTheAnswerIsJsonRpc) {
  const std::vector<std::string> seeds = {
      test::request("initialize", R"({"protocolVersion":"2025-11-25","_meta":{"progressToken":0}})"),
      test::request("tools/list", R"({"cursor":""})", "\"x\""),
      test::call("echo", R"(,"arguments":{"a":[1,{"b":null}]},"_meta":{"progressToken":"t"})"),
      test::cancel("1"),
      test::request("tools/list", test::modern_meta, "5"),
      "[" + test::request("ping") + "," + test::call("fail") + "]",
      R"({"jsonrpc":"2.0","id":1,"result":{}})"};
  const std::string alphabet = "{}[]\",:0123456789.eE-+ntfu\\ \x80\xFF/";
  const std::vector<std::optional<std::string>> versions = {
      {}, "2025-03-26", "2025-11-25", "2026-07-28", "x\xFF"};
  for (int round = 0; round < 8'000; ++round) {
    std::string body = seeds[random() % seeds.size()];
    for (std::size_t changes = random() % 4; changes > 0; --changes) {
      const std::size_t at = random() % body.size();
      const char byte = alphabet[random() % alphabet.size()];
      if (random() % 2 == 0) {
        body[at] = byte;
      } else {
        body.insert(at, 1, byte);
      }
    }
    check(body, versions[random() % versions.size()]);
  }
}

}  // namespace
}  // namespace cus::mcp
