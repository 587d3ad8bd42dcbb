// SPDX-License-Identifier: Apache-2.0
// Case H04: an engine that says anything. Whatever it does, each call ends in bounded time with a typed
// error.

#include <gmock/gmock.h>
#include <sys/resource.h>

#include "cus/base/clock.hpp"
#include "engine/samples.hpp"
#include "engine/stub_engine.hpp"
#include "support/run_task.hpp"

namespace cus::engine {
namespace {

using test::answer;
using test::hang_up;
using test::Reply;
using test::Seen;

std::string chunked(std::string body) {
  return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::move(body);
}

class HostileEngine : public testing::Test {
 protected:
  // Everything but /version is answered with `reply`, by an engine whose breaker never opens.
  void answers(Reply reply) { answers(std::move(reply), stub.options()); }
  // For what ends by a deadline only.
  void answers_without_end(Reply reply) {
    using std::chrono::milliseconds;
    DockerOptions options = stub.options();
    options.deadlines = {.ping = milliseconds(20),
                         .read = milliseconds(40),
                         .create = milliseconds(60),
                         .start = milliseconds(60),
                         .stop_margin = milliseconds(60),
                         .remove = milliseconds(60),
                         .turn = milliseconds(60),
                         .silence = milliseconds(20)};
    answers(std::move(reply), options);
  }
  void answers(Reply reply, DockerOptions options) {
    reply_ = std::move(reply);
    options.breaker.failures = 1'000'000;
    engine = make_docker_engine(loop.get_executor(), options);
  }
  Result<Sandbox> inspect() { return test::run_task(loop, engine->inspect(test::sample_storage)); }

  // No call takes any of it for success, nor long, whatever it is.
  void expect_all_refuse(const std::string& what) {
    const auto began = Clock::now();
    EXPECT_FALSE(inspect()) << what;
    EXPECT_FALSE(test::run_task(loop, engine->list(test::sample_instance))) << what;
    EXPECT_FALSE(test::run_task(loop, engine->create(test::sample_spec()))) << what;
    EXPECT_FALSE(test::run_task(loop, engine->start(test::sample_storage))) << what;
    EXPECT_FALSE(test::run_task(loop, engine->resume(test::sample_storage))) << what;
    EXPECT_FALSE(test::run_task(loop, engine->stop(test::sample_storage, std::chrono::seconds(0)))) << what;
    EXPECT_FALSE(test::run_task(loop, engine->remove(test::sample_storage, test::sample_instance))) << what;
    EXPECT_FALSE(test::run_task(loop, engine->report())) << what;
    EXPECT_LT(Clock::now() - began, std::chrono::seconds(10)) << what;
  }

  boost::asio::io_context loop;
  std::optional<Reply> reply_;
  test::StubEngine stub{
      loop, [this](const Seen& seen) { return seen.target.ends_with("/version") ? std::nullopt : reply_; }};
  std::unique_ptr<ContainerEngine> engine;
};

TEST_F(HostileEngine, GivenWhatIsNoHttp_WhenCalled_ThenItIsATypedError) {
  for (const std::string& bytes :
       {std::string("\x00\x01\x02\xff\xfe garbage\r\n\r\n", 18), std::string("SSH-2.0-OpenSSH\r\n"),
        std::string("HTTP/9.9 abc\r\n\r\n"), std::string("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}")}) {
    answers(hang_up(bytes));
    expect_all_refuse(bytes.substr(0, 30));
    EXPECT_EQ(test::code_of(inspect()), Code::engine_unavailable);
  }
}

TEST_F(HostileEngine, GivenAConnectionThatClosesEarly_WhenCalled_ThenItIsATypedError) {
  for (const std::string& bytes :
       {std::string(), std::string("HTTP/1.1"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), chunked("5\r\n{}"), chunked("ZZ\r\n"),
        chunked("FFFFFFFFFFFFFFFFFF\r\n{}")}) {
    answers(hang_up(bytes));
    expect_all_refuse(bytes);
  }
}

TEST_F(HostileEngine, GivenAnEngineThatNeverAnswers_WhenCalled_ThenEachCallEndsByItsDeadline) {
  answers_without_end(test::silence());
  expect_all_refuse("silence");
}

TEST_F(HostileEngine, GivenAnAnswerThatNeverEnds_WhenCalled_ThenTheDeadlineHolds) {
  answers_without_end({"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"});
  expect_all_refuse("body that stops");
  answers_without_end({chunked("2\r\n{}\r\n")});
  expect_all_refuse("chunks without an end");
  answers_without_end({"HTTP/1.1 200 OK\r\nX: "});
  expect_all_refuse("head that stops");
}

TEST_F(HostileEngine, GivenAHeadOfOneMebibyte_WhenCalled_ThenItIsRefused) {
  answers({"HTTP/1.1 200 OK\r\nX: " + std::string(1U << 20U, 'a') + "\r\nContent-Length: 2\r\n\r\n{}"});
  EXPECT_EQ(test::code_of(inspect()), Code::engine_refused);
}

TEST_F(HostileEngine, GivenABodyFarBeyondTheCap_WhenCalled_ThenItIsRefusedWithoutKeepingIt) {
  answers({"HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n" + std::string(24U << 20U, ' ')});
  EXPECT_EQ(test::code_of(inspect()), Code::engine_refused);
  EXPECT_EQ(test::code_of(test::run_task(loop, engine->list(test::sample_instance))), Code::engine_refused);
}

TEST_F(HostileEngine, GivenAnUpgradeNobodyAskedFor_WhenCalled_ThenItIsRefused) {
  answers({"HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n\x07\xff\xff\xff\xffjunk"});
  expect_all_refuse("101");
}

TEST_F(HostileEngine, GivenJsonOfTheWrongShape_WhenCalled_ThenItIsRefused) {
  for (const std::string& body :
       {std::string("nonsense"), std::string("null"), std::string("7"), std::string("\"x\""),
        std::string("[[[["), std::string(500'000, '['), std::string("\xff"), std::string(R"({"Id":7})")}) {
    answers(answer(200, body));
    EXPECT_EQ(test::code_of(inspect()), Code::engine_refused) << body.substr(0, 20);
    EXPECT_FALSE(test::run_task(loop, engine->list(test::sample_instance))) << body.substr(0, 20);
    answers(answer(201, body));
    EXPECT_EQ(test::code_of(test::run_task(loop, engine->create(test::sample_spec()))), Code::engine_refused);
  }
}

TEST_F(HostileEngine, GivenErrorsOnly_WhenCalled_ThenEachEndsAfterItsOwnFewCalls) {
  answers(answer(500, R"({"message":"again"})"));
  expect_all_refuse("500");
  EXPECT_LT(stub.seen().size(), 24U);
}

TEST_F(HostileEngine, GivenARemovalThatNeverEnds_WhenRemoving_ThenTheDeadlineHolds) {
  test::StubEngine liar(loop, [](const Seen& seen) -> std::optional<Reply> {
    if (seen.method == "DELETE")
      return answer(409, R"({"message":"removal of container x is already in progress"})");
    if (seen.target.ends_with("/json")) return answer(200, test::inspect_body("removing"));
    return std::nullopt;
  });
  engine = make_docker_engine(loop.get_executor(), liar.options());
  EXPECT_FALSE(test::run_task(loop, engine->remove(test::sample_storage, test::sample_instance)));
}

TEST_F(HostileEngine, GivenAnswersInSingleBytes_WhenCalled_ThenTheyAreReadAllTheSame) {
  Reply reply = answer(200, test::inspect_body("running"));
  reply.way = Reply::Way::byte_by_byte;
  answers(reply);
  ASSERT_TRUE(inspect());
  EXPECT_EQ(inspect()->state, State::running);
  answers({chunked("3\r\n{\"I\r\n2;x=y\r\nd\"\r\n3\r\n:7}\r\n0\r\n\r\n"), Reply::Way::byte_by_byte});
  EXPECT_EQ(test::code_of(inspect()), Code::engine_refused);
}

TEST_F(HostileEngine, GivenAnAnswerCutAtEveryByte_WhenCalled_ThenOnlyTheWholeOneIsSuccess) {
  const std::string whole = answer(200, test::inspect_body("running")).bytes;
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    answers(hang_up(whole.substr(0, cut)));
    ASSERT_FALSE(inspect()) << cut;
  }
  answers(hang_up(whole));
  EXPECT_TRUE(inspect());
}

// More bytes after an answer are not the next call's answer.
TEST_F(HostileEngine, GivenASecondAnswerNobodyAskedFor_WhenCalledAgain_ThenItIsNotTakenForAnAnswer) {
  answers({answer(200, test::inspect_body("running")).bytes + answer(404, "{}").bytes});
  EXPECT_EQ(inspect()->state, State::running);
  EXPECT_EQ(inspect()->state, State::running);
}

TEST_F(HostileEngine, GivenHostileAnswersForLong_WhenMeasured_ThenMemoryStaysBounded) {
  answers({"HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n" + std::string(2U << 20U, ' ')});
  for (int i = 0; i < 50; ++i) ASSERT_FALSE(inspect());
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  EXPECT_LT(usage.ru_maxrss, 600L * 1024);
}

}  // namespace
}  // namespace cus::engine
