// SPDX-License-Identifier: Apache-2.0
#include "cus/guest/guest_listener.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <vector>

#include "cus/base/event.hpp"
#include "guest/fake_guest.hpp"
#include "support/run_task.hpp"
#include "support/temp_dir.hpp"

namespace cus::guest {
namespace {

using namespace std::chrono_literals;
using test::FakeGuest;
using test::hello_line;
using test::run_task;

const std::string token(64, 'a');

class Listener : public testing::Test {
 protected:
  Listener() : listener_(loop_.get_executor(), hooks()) { EXPECT_TRUE(listener_.listen(path_)); }

  GuestListenerHooks hooks() {
    GuestListenerHooks hooks;
    hooks.egress = [this](std::string via, net::StreamPtr) { egress_.push_back(std::move(via)); };
    hooks.lost = [this] { ++lost_; };
    return hooks;
  }
  // Lets everything that is ready happen.
  void settle() {
    loop_.restart();
    while (loop_.run_one_for(20ms) > 0) {
    }
  }
  std::string say(FakeGuest& guest, const std::string& line) {
    guest.send(line);
    settle();
    return guest.received();
  }

  test::TempDir dir_;
  std::string path_ = dir_ / "s.sock";
  boost::asio::io_context loop_;
  std::vector<std::string> egress_;
  int lost_ = 0;
  GuestListener listener_;
};

TEST_F(Listener, GivenASandboxAboutToStart_WhenTheFirstControlConnectionComes_ThenItIsGivenTheToken) {
  listener_.expect_first(token);
  FakeGuest guest(path_);
  EXPECT_NE(say(guest, hello_line("control")).find(token), std::string::npos);
  EXPECT_TRUE(listener_.connected());
}

TEST_F(Listener, GivenTheTokenIsGivenAway_WhenAnotherComesWithoutIt_ThenItIsClosedAndLearnsNothing) {
  listener_.expect_first(token);
  FakeGuest guest(path_);
  say(guest, hello_line("control"));
  FakeGuest rogue(path_);
  const std::string answer = say(rogue, hello_line("control"));
  EXPECT_EQ(answer.find(token), std::string::npos);
  EXPECT_TRUE(rogue.closed_by_peer());
  EXPECT_TRUE(listener_.connected());
}

TEST_F(Listener, GivenAToken_WhenWorkConnectionsComeWithAWrongOne_ThenTheyAreNeverHandedOut) {
  listener_.expect_token(token);
  FakeGuest control(path_);
  say(control, hello_line("control", token));
  FakeGuest rogue(path_);
  say(rogue, hello_line("work", std::string(64, 'b')));
  const auto taken = run_task(loop_, listener_.take(after(50ms)));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::unavailable);
}

TEST_F(Listener, GivenAnIdleWorkConnection_WhenOneIsTaken_ThenItIsThatOne) {
  listener_.expect_token(token);
  FakeGuest control(path_);
  say(control, hello_line("control", token));
  FakeGuest work(path_);
  say(work, hello_line("work", token));
  auto taken = run_task(loop_, listener_.take(after(1s)));
  ASSERT_TRUE(taken);
  ASSERT_TRUE(run_task(loop_, taken->write("ping", after(1s))));
  EXPECT_EQ(work.received(), "ping");
}

TEST_F(Listener, GivenNoIdleConnection_WhenOneIsTaken_ThenTheGuestIsAskedToDial) {
  listener_.expect_token(token);
  FakeGuest control(path_);
  say(control, hello_line("control", token));
  EXPECT_FALSE(run_task(loop_, listener_.take(after(50ms))));
  EXPECT_EQ(control.received(), "{\"dial\":1}\n");
}

TEST_F(Listener, GivenAGuest_WhenItsControlConnectionEnds_ThenItIsLostAndMayComeBack) {
  listener_.expect_token(token);
  FakeGuest control(path_);
  say(control, hello_line("control", token));
  control.close();
  settle();
  EXPECT_FALSE(listener_.connected());
  EXPECT_EQ(lost_, 1);
  FakeGuest again(path_);
  say(again, hello_line("control", token));
  EXPECT_TRUE(listener_.connected());
}

TEST_F(Listener, GivenANewStart_WhenTheOldGuestsConnectionLingers_ThenOnlyTheNewOneCounts) {
  listener_.expect_token(token);
  FakeGuest old_guest(path_);
  say(old_guest, hello_line("control", token));
  listener_.expect_first(std::string(64, 'c'));
  EXPECT_FALSE(listener_.connected());
  FakeGuest stale(path_);
  say(stale, hello_line("control", token));
  EXPECT_FALSE(listener_.connected());
  FakeGuest fresh(path_);
  say(fresh, hello_line("control"));
  EXPECT_TRUE(listener_.connected());
}

TEST_F(Listener, GivenAFloodOfSilentDials_WhenTheGuestDials_ThenItComesThrough) {
  listener_.expect_token(token);
  std::vector<std::unique_ptr<FakeGuest>> silent;
  for (int i = 0; i < 200; ++i) {
    silent.push_back(std::make_unique<FakeGuest>(path_));
    if (i % 50 == 0) settle();
  }
  FakeGuest control(path_);
  say(control, hello_line("control", token));
  EXPECT_TRUE(listener_.connected());
}

TEST_F(Listener, GivenAHelloWithoutEnd_WhenItIsTooLong_ThenItIsClosed) {
  listener_.expect_token(token);
  FakeGuest rogue(path_);
  say(rogue, std::string(4000, 'x'));
  EXPECT_TRUE(rogue.closed_by_peer());
}

TEST_F(Listener, GivenTooManyWorkConnections_WhenOneMoreComes_ThenItIsRefused) {
  listener_.expect_token(token);
  FakeGuest control(path_);
  say(control, hello_line("control", token));
  std::vector<std::unique_ptr<FakeGuest>> work;
  std::vector<net::HttpConnection> in_use;
  for (int i = 0; i < 60; ++i) {
    work.push_back(std::make_unique<FakeGuest>(path_));
    say(*work.back(), hello_line("work", token));
    auto taken = run_task(loop_, listener_.take(after(1s)));
    ASSERT_TRUE(taken);
    in_use.push_back(std::move(*taken));
  }
  FakeGuest more(path_);
  EXPECT_NE(say(more, hello_line("work", token)).find("\"ok\":false"), std::string::npos);
  in_use.clear();
  FakeGuest later(path_);
  EXPECT_NE(say(later, hello_line("work", token)).find("\"ok\":true"), std::string::npos);
}

TEST_F(Listener, GivenAnEgressConnection_WhenItShowsTheToken_ThenItGoesToTheEgress) {
  listener_.expect_token(token);
  FakeGuest client(path_);
  say(client, hello_line("egress", token, R"(,"via":"http")"));
  ASSERT_EQ(egress_.size(), 1U);
  EXPECT_EQ(egress_[0], "http");
}

TEST_F(Listener, GivenTheSocket_WhenAnotherUserLooks_ThenEveryoneMayConnect) {
  struct stat info{};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0666U);
}

TEST_F(Listener, GivenAPathTooLongForASocket_WhenListening_ThenTheErrorSaysSo) {
  GuestListener other(loop_.get_executor(), hooks());
  const auto heard = other.listen("/tmp/" + std::string(120, 'x'));
  ASSERT_FALSE(heard);
  EXPECT_EQ(heard.error().code, Code::invalid_argument);
}

}  // namespace
}  // namespace cus::guest
