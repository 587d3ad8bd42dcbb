// SPDX-License-Identifier: Apache-2.0
// Jobs outlive connections and servers.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "rig.hpp"

namespace cus::test {
namespace {

std::string target_of(const json& spec, std::uint64_t offset = 0) {
  return "/v1/jobs/" + spec.at("id").get<std::string>() + "?offset=" + std::to_string(offset);
}

class ReconnectTest : public testing::Test {
 protected:
  Rig rig_;
};

TEST_F(ReconnectTest, GivenAReaderThatLosesItsServerTwentyTimes_WhenItGoesOnByOffset_ThenEachLineComesOnce) {
  const json spec = Rig::spec("seq 1 200000");
  std::string expected;
  for (int i = 1; i <= 200'000; ++i) expected += std::to_string(i) + "\n";
  std::string text;
  auto job = rig_.start(spec);
  for (int lost = 1; lost <= 20; ++lost) {
    while (text.size() < expected.size() * static_cast<std::size_t>(lost) / 21) {
      const Frame frame = job->next();
      ASSERT_EQ(frame.type, guest::FrameType::output);
      ASSERT_EQ(guest::decode_offset(frame.payload), text.size());
      text += frame.payload.substr(8);
    }
    job.reset();
    rig_.restart_server();
    job = rig_.attach(target_of(spec, text.size()));
  }
  const Outcome rest = job->finish();
  EXPECT_EQ(rest.end.at("code"), 0);
  EXPECT_EQ(rest.end.at("total"), expected.size());
  EXPECT_TRUE(text + rest.output == expected);
}

TEST_F(ReconnectTest, GivenAJobWhoseIdIsKnown_WhenItIsStartedAgain_ThenItRanOnce) {
  json spec = Rig::spec("echo x >> " + (rig_.directory() / "ran").string() + "; cat " +
                        (rig_.directory() / "ran").string());
  EXPECT_EQ(rig_.run_spec(spec).output, "x\n");
  EXPECT_EQ(rig_.run_spec(spec).output, "x\n");
  EXPECT_EQ(rig_.request("GET", "/v1/jobs").body.at("jobs").size(), 1U);
}

TEST_F(ReconnectTest, GivenARunningJob_WhenItsIdIsStartedAgain_ThenBothReadersGetEverything) {
  json spec = Rig::spec("echo one; read line; echo $line");
  spec["stdin"] = true;
  const auto first = rig_.start(spec);
  const auto second = rig_.start(spec);
  second->send(guest::FrameType::input, "two\n");
  EXPECT_EQ(first->finish().output, "one\ntwo\n");
  EXPECT_EQ(second->finish().output, "one\ntwo\n");
}

TEST_F(ReconnectTest, GivenAServerThatComesBack_WhenTheGuestDialsIn_ThenItSaysTheTokenAndTheSameBoot) {
  const std::string boot = rig_.hellos().front().at("boot");
  EXPECT_FALSE(rig_.hellos().front().contains("token"));
  rig_.restart_server();
  rig_.run("true");
  for (std::size_t i = 1; i < rig_.hellos().size(); ++i) {
    EXPECT_EQ(rig_.hellos()[i].at("token"), rig_.token());
    EXPECT_EQ(rig_.hellos()[i].at("boot"), boot);
  }
}

TEST_F(ReconnectTest, GivenAnEndedJob_WhenTheServerHasBeenAway_ThenItsEndAndOutputAreStillThere) {
  const json spec = Rig::spec("echo kept; exit 9");
  rig_.run_spec(spec);
  rig_.restart_server();
  const Outcome outcome = rig_.attach(target_of(spec, 2))->finish();
  EXPECT_EQ(outcome.output, "pt\n");
  EXPECT_EQ(outcome.end.at("code"), 9);
}

TEST_F(ReconnectTest, GivenOnlyTheControlConnectionIsLost_WhenTheGuestDialsAgain_ThenEverythingIsNew) {
  rig_.run("true");
  auto old = rig_.take(guest::kind_work);
  ::shutdown(rig_.control().fd(), 2);
  EXPECT_EQ(old->read_all(), "");
  while (rig_.hellos().back().at("kind") != "control") rig_.accept_next();
  EXPECT_EQ(rig_.hellos().back().at("token"), rig_.token());
}

TEST_F(ReconnectTest, GivenAWishForMoreConnections_WhenTheServerSaysDial_ThenTheyComeAndNeverTooMany) {
  std::vector<std::unique_ptr<Wire>> held;
  rig_.control().write("nonsense\n{\"other\":1}\n{\"dial\":7}\n");
  for (int i = 0; i < guest::idle_work_connections + 7; ++i) held.push_back(rig_.take(guest::kind_work));
  rig_.control().write("{\"dial\":1000000}\n");
  while (held.size() < static_cast<std::size_t>(guest::max_work_connections))
    held.push_back(rig_.take(guest::kind_work));
  EXPECT_EQ(rig_.hellos().size(), 1U + guest::max_work_connections);
}

}  // namespace
}  // namespace cus::test
