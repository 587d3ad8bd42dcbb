// SPDX-License-Identifier: Apache-2.0
// Bytes into the sandbox (tunnels) and out of it (proxy ports).
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <thread>

#include "rig.hpp"

namespace cus::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

class Listener {
 public:
  Listener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd_.get(), 8) != 0) {
      throw std::runtime_error("cannot listen");
    }
    ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  std::uint16_t port() const { return port_; }
  Wire accept() { return Wire(Fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC))); }

 private:
  Fd fd_;
  std::uint16_t port_ = 0;
};

// A port that was free a moment ago.
std::uint16_t free_port() {
  return Listener().port();
}

Wire connect_to(std::uint16_t port) {
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback(port);
  wait_until(
      [&] { return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0; });
  return Wire(std::move(fd));
}

TEST(TunnelTest, GivenAServerInside_WhenATunnelIsOpened_ThenBytesGoBothWaysAndEachEndIsItsOwn) {
  Rig rig;
  Listener inside;
  auto upgraded = rig.upgrade("/v1/tunnel", guest::upgrade_tunnel, {{"port", inside.port()}});
  ASSERT_NE(upgraded.wire, nullptr);
  Wire there = inside.accept();
  upgraded.wire->write("question");
  EXPECT_EQ(there.read(8), "question");
  upgraded.wire->shutdown_send();
  EXPECT_EQ(there.read_all(), "");
  const std::string answer(3'000'000, 'a');
  std::thread writer([&] {
    there.write(answer);
    there.shutdown_send();
  });
  EXPECT_TRUE(upgraded.wire->read_all() == answer);
  writer.join();
}

TEST(TunnelTest, GivenNothingThatListens_WhenATunnelIsOpened_ThenItIsUnavailable) {
  Rig rig;
  const auto upgraded = rig.upgrade("/v1/tunnel", guest::upgrade_tunnel, {{"port", free_port()}});
  EXPECT_EQ(upgraded.refusal.status, 502);
  EXPECT_EQ(upgraded.refusal.body.at("error"), "unavailable");
}

TEST(TunnelTest, GivenNoPort_WhenATunnelIsOpened_ThenItIsRefused) {
  Rig rig;
  for (const json& body : {json::object(), json{{"port", 0}}, json{{"port", 65536}}, json{{"port", "80"}}}) {
    EXPECT_EQ(rig.upgrade("/v1/tunnel", guest::upgrade_tunnel, body).refusal.status, 400);
  }
  EXPECT_EQ(rig.upgrade("/v1/tunnel", guest::upgrade_job, {{"port", 80}}).refusal.status, 426);
}

TEST(ProxyPortTest, GivenBothPorts_WhenAClientInsideConnects_ThenTheServerGetsItsBytesUnread) {
  const std::uint16_t http = free_port();
  const std::uint16_t socks = free_port();
  Rig rig(Rig::Place::process, {"--http-port", std::to_string(http), "--socks-port", std::to_string(socks)});
  for (const auto& [port, via] : {std::pair(http, "http"), {socks, "socks"}}) {
    Wire client = connect_to(port);
    client.write("anything at all");
    const auto outside = rig.take(guest::kind_egress);
    EXPECT_EQ(rig.hellos().back().at("via"), via);
    EXPECT_EQ(outside->read(15), "anything at all");
    outside->write("answer");
    EXPECT_EQ(client.read(6), "answer");
    outside->shutdown_send();
    EXPECT_EQ(client.read_all(), "");
  }
}

TEST(ProxyPortTest, GivenAPortThatIsTaken_WhenTheGuestStarts_ThenItGoesOnWithout) {
  Listener taken;
  Rig rig(Rig::Place::process, {"--http-port", std::to_string(taken.port()), "--socks-port", "0"});
  EXPECT_EQ(rig.run("echo on").output, "on\n");
}

TEST(ProxyPortTest, GivenMoreClientsThanAllowed_WhenTheyConnect_ThenTheRestIsTurnedAwayAndTheFirstStay) {
  const std::uint16_t port = free_port();
  Rig rig(Rig::Place::process, {"--http-port", std::to_string(port), "--socks-port", "0"});
  std::vector<Wire> clients;
  std::vector<std::unique_ptr<Wire>> outside;
  for (int i = 0; i < guest::max_egress_connections; ++i) {
    clients.push_back(connect_to(port));
    outside.push_back(rig.take(guest::kind_egress));
  }
  EXPECT_EQ(connect_to(port).read_all(), "");
  outside.front()->write("still here");
  EXPECT_EQ(clients.front().read(10), "still here");
}

}  // namespace
}  // namespace cus::test
