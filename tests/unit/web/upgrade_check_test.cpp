// SPDX-License-Identifier: Apache-2.0
#include "websocket_support.hpp"

namespace cus::web {
namespace {

using testing::HasSubstr;

class UpgradeTest : public WebSocketTest {
 protected:
  // The answer to a request whose upgrade has `bad` in place of `good`.
  Reply with(std::string_view good, std::string_view bad) {
    std::string fields(upgrade_fields);
    fields.replace(fields.find(good), good.size(), bad);
    return connect().exchange(request("GET /ws", fields));
  }
  void expect_426(const Reply& reply) {
    EXPECT_EQ(reply.status, 426);
    EXPECT_EQ(reply.header("Upgrade"), "websocket");
    EXPECT_THAT(reply.body, HasSubstr("\"detail\""));
  }
};

TEST_F(UpgradeTest, GivenAPlainGet_WhenTheRouteIsAWebSocket_ThenAnUpgradeIsAskedForAndTheConnectionGoesOn) {
  start();
  Client client = connect();
  expect_426(client.exchange(request("GET /ws")));
  EXPECT_EQ(client.exchange(request("GET /x")).status, 200);
}

TEST_F(UpgradeTest, GivenHalfAnUpgrade_WhenAProxyTookTheRest_ThenTheAnswerSaysSo) {
  start();
  for (const auto& [good, bad] :
       {std::pair("Connection: Upgrade\r\n", "Connection: keep-alive\r\n"),
        std::pair("Upgrade: websocket\r\n", "Upgrade: h2c\r\n"), std::pair("Upgrade: websocket\r\n", "")}) {
    const Reply reply = with(good, bad);
    expect_426(reply);
    EXPECT_THAT(reply.body, HasSubstr("proxy")) << bad;
  }
}

TEST_F(UpgradeTest, GivenAnotherVersion_WhenAsked_ThenTheAnswerNamesTheOneServed) {
  start();
  for (const char* bad :
       {"Sec-WebSocket-Version: 8\r\n", "Sec-WebSocket-Version: 14\r\n", "Sec-WebSocket-Version: 013\r\n", "",
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13\r\n"}) {
    const Reply reply = with("Sec-WebSocket-Version: 13\r\n", bad);
    expect_426(reply);
    EXPECT_EQ(reply.header("Sec-WebSocket-Version"), "13") << bad;
  }
}

TEST_F(UpgradeTest, GivenAKeyThatIsNone_WhenAsked_ThenItIsABadRequest) {
  start();
  const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  for (const std::string& bad :
       {std::string(), std::string("Sec-WebSocket-Key: \r\n"),
        std::string("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ\r\n"),
        std::string("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ!==\r\n"),
        std::string("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZTEyMzQ1Njc4OQ==\r\n"), key + key}) {
    EXPECT_EQ(with(key, bad).status, 400) << bad;
  }
}

TEST_F(UpgradeTest, GivenABody_WhenAWebSocketIsAskedFor_ThenItIsNotTakenForFrames) {
  start();
  Client client = connect();
  client.send(request("GET /ws", upgrade_fields, frame(fin_text, "smuggled")));
  EXPECT_EQ(client.reply().status, 400);
  EXPECT_TRUE(messages.empty());
}

TEST_F(UpgradeTest, GivenHttp10_WhenAWebSocketIsAskedFor_ThenThereIsNone) {
  start();
  Client client = connect();
  client.send("GET /ws HTTP/1.0\r\nHost: localhost\r\n" + std::string(upgrade_fields) + "\r\n");
  EXPECT_EQ(client.reply().status, 426);
}

TEST_F(UpgradeTest, GivenOtherMethods_WhenTheRouteIsAWebSocket_ThenTheyGetNone) {
  start();
  EXPECT_EQ(connect().exchange(request("POST /ws", upgrade_fields)).status, 405);
  Client client = connect();
  client.send(request("HEAD /ws"));
  EXPECT_EQ(client.reply("HEAD").status, 426);
}

TEST_F(UpgradeTest, GivenAnUpgrade_WhenTheRouteIsNoWebSocket_ThenItIsAnsweredAsAnyRequest) {
  start();
  Client client = connect();
  EXPECT_EQ(client.exchange(request("GET /x", upgrade_fields)).body, "/x");
  EXPECT_EQ(client.exchange(request("GET /x")).body, "/x");
}

TEST_F(UpgradeTest, GivenAForeignOriginOrNoKey_WhenAWebSocketIsAskedFor_ThenTheGateAnswers) {
  options.keys = one_key("0123456789abcdef");
  routes.front().auth = Auth::key;
  start();
  const std::string fields(upgrade_fields);
  const std::string bearer = "Authorization: Bearer 0123456789abcdef\r\n";
  EXPECT_EQ(connect().exchange(request("GET /ws", fields)).status, 401);
  for (const char* origin : {"http://evil.test", "null"}) {
    EXPECT_EQ(connect().exchange(request("GET /ws", fields + bearer + "Origin: " + origin + "\r\n")).status,
              403)
        << origin;
  }
  WebSocketClient peer = client();
  EXPECT_EQ(peer.open(request("GET /ws", fields + bearer)).status, 101);
}

}  // namespace
}  // namespace cus::web
