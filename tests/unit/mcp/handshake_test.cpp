// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "fixture.hpp"
#include "mcp/initialize.hpp"

namespace cus::mcp {
namespace {

using test::request;
using testing::HasSubstr;

struct Handshake : test::ServerTest {};

TEST_F(Handshake, GivenEachRevision_WhenInitialized_ThenItIsAgreedOn) {
  for (const char* version : {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"}) {
    const Json answer = ask(request("initialize", std::string(R"({"protocolVersion":")") + version + "\"}"));
    EXPECT_EQ(answer["result"]["protocolVersion"], version);
  }
}

TEST_F(Handshake, GivenAnUnknownRevision_WhenInitialized_ThenTheNewestIsOfferedWhateverTheHeaderSays) {
  const Json answer = ask(request("initialize", R"({"protocolVersion":"2026-07-28"})"), "1999-01-01");
  EXPECT_EQ(answer["result"]["protocolVersion"], "2025-11-25");
}

TEST_F(Handshake, GivenInitialize_WhenAnswered_ThenTheServerSaysWhoItIsAndOnlyWhatItHas) {
  const Json result =
      ask(request("initialize", R"({"protocolVersion":"2025-11-25","capabilities":{}})"))["result"];
  EXPECT_EQ(result["capabilities"], (Json{{"tools", {{"listChanged", false}}}}));
  EXPECT_EQ(result["serverInfo"]["name"], "computer-use-server");
  EXPECT_EQ(result["serverInfo"]["version"], "1.2.3");
  EXPECT_THAT(result["instructions"].get<std::string>(), HasSubstr("/home/assistant"));
  EXPECT_LE(instructions().size(), 4'000U);
}

TEST_F(Handshake, GivenInitializeWithoutAVersion_WhenAnswered_ThenItIsAnErrorInBand) {
  EXPECT_EQ(ask(request("initialize"))["error"]["code"], -32602);
  EXPECT_EQ(ask(R"({"jsonrpc":"2.0","id":1,"method":"initialize"})")["error"]["code"], -32602);
}

TEST_F(Handshake, GivenNoHandshake_WhenAMethodIsCalled_ThenItIsServed) {
  EXPECT_EQ(ask(request("ping", "{}", "\"p\"")),
            (Json{{"jsonrpc", "2.0"}, {"id", "p"}, {"result", Json::object()}}));
}

TEST_F(Handshake, GivenTheVersionHeader_WhenItIsNotSpoken_ThenTheRefusalListsWhatIs) {
  const Reply reply = post(request("ping", "{}", "7"), "1999-01-01");
  EXPECT_EQ(reply.status, 400);
  const Json message = *parse_json(*reply.message);
  EXPECT_EQ(message["id"], 7);
  EXPECT_EQ(message["error"]["code"], -32600);
  EXPECT_THAT(message["error"]["message"].get<std::string>(), HasSubstr("2025-06-18"));
}

TEST_F(Handshake, GivenTheVersionHeader_WhenItIsSpokenOrAbsent_ThenTheRequestIsServed) {
  for (const char* version : {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"}) {
    EXPECT_EQ(post(request("ping"), version).status, 200);
  }
  EXPECT_EQ(post(request("ping")).status, 200);
}

}  // namespace
}  // namespace cus::mcp
