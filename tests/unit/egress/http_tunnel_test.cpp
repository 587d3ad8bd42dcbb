// SPDX-License-Identifier: Apache-2.0
#include "egress/proxy_fixture.hpp"

namespace cus::egress {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view established = "HTTP/1.1 200 Connection established\r\n\r\n";

using Tunnel = EgressTest;

TEST_F(Tunnel, GivenConnect_WhenEstablished_ThenBytesGoBothWaysAndHalfClosesAreKept) {
  const Origin origin(loop_, echoing());
  Client client = connect(Entry::http);
  client.send("CONNECT " + origin.at() + " HTTP/1.1\r\nHost: " + origin.at() + "\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), established);
  client.send("ping");
  EXPECT_EQ(client.read_exactly(4), "ping");
  client.half_close();
  EXPECT_EQ(client.read_to_end(), "bye");
  EXPECT_EQ(origin.seen().requests, std::vector<std::string>{"ping"});
}

TEST_F(Tunnel, GivenBytesSentTogetherWithConnect_WhenEstablished_ThenNoneIsLost) {
  const Origin origin(loop_, echoing());
  Client client = connect(Entry::http);
  client.send("CONNECT " + origin.at() + " HTTP/1.0\r\n\r\nearly");
  client.half_close();
  EXPECT_EQ(client.read_to_end(), std::string(established) + "earlybye");
}

TEST_F(Tunnel, GivenARequestHeadInSingleBytes_WhenSent_ThenItIsUnderstood) {
  const Origin origin(loop_, echoing());
  Client client = connect(Entry::http);
  for (const char c : "CONNECT " + origin.at() + " HTTP/1.1\r\n\r\n") client.send(std::string_view(&c, 1));
  EXPECT_EQ(client.read_until("\r\n\r\n"), established);
}

TEST_F(Tunnel, GivenNobodyListening_WhenConnected_ThenItIsABadGatewayThatSaysSo) {
  std::string where;
  {
    const Origin gone(loop_, echoing());
    where = gone.at();
  }
  run_until([] { return true; });
  const std::string answer = ask("CONNECT " + where + " HTTP/1.1\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 502 No connection to " + where));
}

TEST_F(Tunnel, GivenANameThatDoesNotExist_WhenConnected_ThenItIsABadGatewayThatNamesIt) {
  const std::string answer = ask("CONNECT no-such-host.invalid:443 HTTP/1.1\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 502 The name no-such-host.invalid "));
}

TEST_F(Tunnel, GivenAnExceptionForLoopback_WhenALocalNameIsAskedFor_ThenItIsReached) {
  const Origin origin(loop_, echoing());
  Client client = connect(Entry::http);
  client.send("CONNECT localhost:" + std::to_string(origin.port()) + " HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), established);
}

// Every notation of an address that is not the Internet, and a name that resolves to one.
class Refused : public EgressTest, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override { start(Options{}); }
};

TEST_P(Refused, GivenAPrivateDestination_WhenAskedFor_ThenBothKindsOfRequestAreForbidden) {
  const Origin origin(loop_, describing());
  const std::string where = std::string(GetParam()) + ":" + std::to_string(origin.port());
  const std::string tunnel = ask("CONNECT " + where + " HTTP/1.1\r\n\r\n");
  EXPECT_THAT(tunnel, StartsWith("HTTP/1.1 403 Egress refused: "));
  EXPECT_THAT(tunnel, HasSubstr("EGRESS_ALLOW_PRIVATE="));
  const std::string forward = ask("GET http://" + where + "/ HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(forward, StartsWith("HTTP/1.1 403 Forbidden\r\n"));
  EXPECT_THAT(forward, HasSubstr("resolves to a private address ("));
  EXPECT_EQ(origin.seen().connections, 0U);
}
INSTANTIATE_TEST_SUITE_P(Table, Refused,
                         ::testing::Values("localhost", "LOCALHOST", "127.0.0.1", "127.1", "2130706433",
                                           "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "0.0.0.0",
                                           "0", "10.0.0.1", "169.254.169.254", "192.168.0.1", "100.64.0.1",
                                           "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
                                           "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
                                           "[fe80::1]", "[fd00:ec2::254]", "[ff02::1]", "224.0.0.1",
                                           "255.255.255.255"));

TEST_F(Tunnel, GivenARefusal_WhenReadByAModel_ThenItNamesHostAddressAndTheSettingThatAllowsIt) {
  start(Options{});
  const std::string answer = ask("GET http://127.1:81/ HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(answer, ::testing::EndsWith(
                          "\r\n\r\nEgress refused: 127.1 resolves to a private address (127.0.0.1). An "
                          "operator can allow it with EGRESS_ALLOW_PRIVATE=127.0.0.1/32:81.\n"));
}

TEST_F(Tunnel, GivenAnExceptionForAnotherPort_WhenAskedFor_ThenItIsForbidden) {
  const Origin origin(loop_, describing());
  Options options;
  options.allow_private = *parse_exceptions("127.0.0.1:1");
  start(options);
  EXPECT_THAT(ask("CONNECT " + origin.at() + " HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 403 "));
}

TEST_F(Tunnel, GivenADisabledNetwork_WhenAskedFor_ThenTheReasonIsTheAnswer) {
  Options options = open_loopback();
  options.enabled = false;
  start(options);
  const Origin origin(loop_, describing());
  EXPECT_THAT(ask("CONNECT " + origin.at() + " HTTP/1.1\r\n\r\n"), HasSubstr("ENABLE_NETWORK=false"));
  EXPECT_THAT(ask("GET http://" + origin.at("/") + " HTTP/1.1\r\nHost: a\r\n\r\n"),
              StartsWith("HTTP/1.1 403 Forbidden\r\n"));
  EXPECT_EQ(origin.seen().connections, 0U);
}

TEST_F(Tunnel, GivenARefusalOfHead_WhenAnswered_ThenThereIsNoBody) {
  const std::string answer = ask("HEAD http://10.0.0.1/ HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 403 Forbidden\r\n"));
  EXPECT_THAT(answer, ::testing::EndsWith("\r\n\r\n"));
}

}  // namespace
}  // namespace cus::egress
