// SPDX-License-Identifier: Apache-2.0
#include "cus/mcp/channel.hpp"

#include <gtest/gtest.h>

#include "support/run_task.hpp"

namespace cus::mcp {
namespace {

using namespace std::chrono_literals;

struct ChannelTest : testing::Test {
  std::string read(Channel& channel, std::uint64_t seen = 0) {
    std::string text;
    while (const auto message = channel.next(seen)) {
      seen = message->number;
      text += std::to_string(message->number) + message->text + " ";
    }
    return text;
  }
  boost::asio::io_context loop{1};
  Channel plain{loop.get_executor()};
  Channel named{loop.get_executor(), "s"};
};

TEST_F(ChannelTest, GivenMessages_WhenRead_ThenTheyComeInOrderAndTheReplyLast) {
  plain.push("a");
  plain.push("b");
  plain.finish({.message = "r"});
  EXPECT_EQ(read(plain), "1a 2b 3r ");
}

TEST_F(ChannelTest, GivenANamedChannel_WhenReadAgain_ThenItGoesOnAfterWhatWasSeen) {
  named.push("a");
  named.push("b");
  named.finish({.message = "r"});
  EXPECT_EQ(read(named), "1a 2b 3r ");
  EXPECT_EQ(read(named, 1), "2b 3r ");
  EXPECT_EQ(read(named, 3), "");
  EXPECT_EQ(read(named, 99), "");
  EXPECT_EQ(named.id_of(2), "s-2");
}

TEST_F(ChannelTest, GivenAReaderFarBehind_WhenMuchIsSaid_ThenTheOldestIsLostAndNotTheReply) {
  for (int i = 0; i < 1000; ++i) named.push(std::string(1000, 'x'));
  for (int i = 0; i < 10; ++i) named.push(std::string(50'000, 'y'));
  named.finish({.message = "r"});
  std::size_t bytes = 0;
  std::uint64_t seen = 0;
  std::string last;
  while (const auto message = named.next(seen)) {
    seen = message->number;
    bytes += message->text.size();
    last = message->text;
  }
  EXPECT_LE(bytes, 65'536U + 1);
  EXPECT_EQ(last, "r");
}

TEST_F(ChannelTest, GivenTheEnd_WhenMoreIsSaid_ThenItIsDropped) {
  plain.finish({.message = "r"});
  plain.push("late");
  plain.finish({.message = "later"});
  EXPECT_EQ(read(plain), "1r ");
}

TEST_F(ChannelTest, GivenLastWords_WhenEnded_ThenTheyAreTheReply) {
  plain.say_at_end({.message = "bye"});
  plain.end();
  EXPECT_EQ(plain.reply()->message, "bye");
}

TEST_F(ChannelTest, GivenAMutedChannel_WhenAnswered_ThenOnlyTheReplyIsLeft) {
  plain.mute();
  plain.push("a");
  plain.finish({.message = "r"});
  EXPECT_EQ(read(plain), "1r ");
}

TEST_F(ChannelTest, GivenAWaitingReader_WhenSomethingHappens_ThenItWakes) {
  bool stop = false;
  const auto wait = [&](Clock::duration time) {
    return cus::test::run_task(loop, plain.wait(0, after(time), stop));
  };
  EXPECT_FALSE(wait(1ms));
  plain.push("a");
  EXPECT_TRUE(wait(10s));
  plain.next(0);
  stop = true;
  EXPECT_TRUE(wait(10s));
  stop = false;
  EXPECT_FALSE(wait(1ms));
  plain.end();
  EXPECT_TRUE(wait(10s));
}

TEST_F(ChannelTest, GivenAClientThatGoes_WhenTold_ThenTheActionRunsOnceAndNotAfterTheEnd) {
  int gone = 0;
  plain.on_client_gone([&gone] { ++gone; });
  plain.client_gone();
  plain.client_gone();
  named.on_client_gone([&gone] { ++gone; });
  named.end();
  named.client_gone();
  EXPECT_EQ(gone, 1);
}

}  // namespace
}  // namespace cus::mcp
