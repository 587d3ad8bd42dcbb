// SPDX-License-Identifier: Apache-2.0
#include "egress/proxy_fixture.hpp"

namespace cus::egress {
namespace {

using std::string_literals::operator""s;

const std::string greeting = "\x05\x01\x00"s;
const std::string agreed = "\x05\x00"s;

std::string port_bytes(std::uint16_t port) {
  return {static_cast<char>(port >> 8U), static_cast<char>(port)};
}
std::string loopback(std::uint16_t port) {
  return "\x05\x01\x00\x01\x7f\x00\x00\x01"s + port_bytes(port);
}
std::string named(const std::string& name, std::uint16_t port) {
  return "\x05\x01\x00\x03"s + static_cast<char>(name.size()) + name + port_bytes(port);
}
std::string reply(char code) {
  return "\x05"s + code + "\x00\x01\x00\x00\x00\x00\x00\x00"s;
}

using Socks = EgressTest;

TEST_F(Socks, GivenConnect_WhenEstablished_ThenBytesGoBothWaysAndHalfClosesAreKept) {
  const Origin origin(loop_, echoing());
  for (const std::string& request : {loopback(origin.port()), named("localhost", origin.port())}) {
    Client client = connect(Entry::socks);
    client.send(greeting);
    EXPECT_EQ(client.read_exactly(2), agreed);
    client.send(request);
    EXPECT_EQ(client.read_exactly(10), reply(0));
    client.send("ping");
    EXPECT_EQ(client.read_exactly(4), "ping");
    client.half_close();
    EXPECT_EQ(client.read_to_end(), "bye");
  }
}

TEST_F(Socks, GivenTheBytesCutAtEveryPlace_WhenSent_ThenTheConnectionIsTheSame) {
  const Origin origin(loop_, echoing());
  const std::string bytes = greeting + named("127.0.0.1", origin.port()) + "early";
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    Client client = connect(Entry::socks);
    client.send(bytes.substr(0, cut));
    if (cut >= greeting.size()) {
      EXPECT_EQ(client.read_exactly(2), agreed);
      client.send(bytes.substr(cut));
    } else {
      client.send(bytes.substr(cut));
      EXPECT_EQ(client.read_exactly(2), agreed);
    }
    EXPECT_EQ(client.read_exactly(10), reply(0)) << cut;
    EXPECT_EQ(client.read_exactly(5), "early") << cut;
  }
}

struct Row {
  std::string sent;
  std::string answer;
};
class SocksRefusal : public EgressTest, public ::testing::WithParamInterface<Row> {
 protected:
  void SetUp() override { start(Options{}); }
};

TEST_P(SocksRefusal, GivenARequestThatIsNotServed_WhenSent_ThenTheReplySaysWhyAndTheConnectionEnds) {
  Client client = connect(Entry::socks);
  client.send(GetParam().sent);
  client.half_close();
  EXPECT_EQ(client.read_to_end(), GetParam().answer);
}
INSTANTIATE_TEST_SUITE_P(
    Table, SocksRefusal,
    ::testing::Values(Row{"\x04\x01\x00\x50\x7f\x00\x00\x01\x00"s, ""}, Row{"GET / HTTP/1.1\r\n\r\n", ""},
                      Row{"\x05\x01\x02"s, "\x05\xff"s}, Row{"\x05"s, ""}, Row{greeting, agreed},
                      Row{greeting + "\x05\x02\x00\x01\x7f\x00\x00\x01\x00\x50"s, agreed + reply(7)},
                      Row{greeting + "\x05\x03\x00\x01\x7f\x00\x00\x01\x00\x50"s, agreed + reply(7)},
                      Row{greeting + "\x05\x01\x00\x09\x7f\x00\x00\x01\x00\x50"s, agreed + reply(8)},
                      Row{greeting + loopback(80), agreed + reply(2)},
                      Row{greeting + named("localhost", 80), agreed + reply(2)},
                      Row{greeting + named("2130706433", 80), agreed + reply(2)},
                      Row{greeting + named("::ffff:10.0.0.1", 80), agreed + reply(2)},
                      Row{greeting + "\x05\x01\x00\x04"s + std::string(10, '\0') +
                              "\xff\xff\x7f\x00\x00\x01\x00\x50"s,
                          agreed + reply(2)},
                      Row{greeting + named("no-such-host.invalid", 80), agreed + reply(4)},
                      Row{greeting + named("a b", 80), agreed + reply(1)}));

TEST_F(Socks, GivenNobodyListening_WhenConnected_ThenTheReplyIsConnectionRefused) {
  std::uint16_t port = 0;
  {
    const Origin gone(loop_, echoing());
    port = gone.port();
  }
  EXPECT_EQ(ask(greeting + loopback(port), Entry::socks), agreed + reply(5));
}

TEST_F(Socks, GivenADisabledNetwork_WhenConnected_ThenTheReplyIsNotAllowed) {
  Options options = open_loopback();
  options.enabled = false;
  start(options);
  EXPECT_EQ(ask(greeting + loopback(80), Entry::socks), agreed + reply(2));
}

}  // namespace
}  // namespace cus::egress
