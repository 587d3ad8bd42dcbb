// SPDX-License-Identifier: Apache-2.0
#include "guest/hello.hpp"

#include <gtest/gtest.h>

#include "cus/guest/protocol.hpp"

namespace cus::guest {
namespace {

const std::string boot(32, 'a');
const std::string token(64, 'b');

std::string line(const std::string& kind, const std::string& more = "",
                 const std::string& range = R"({"min":1,"max":1})") {
  return R"({"cus":)" + range + R"(,"kind":")" + kind + R"(","boot":")" + boot + R"(","build":"x")" + more +
         "}";
}

TEST(Hello, GivenEachKind_WhenParsed_ThenItsPartsAreThere) {
  const auto control = parse_hello(line("control"));
  ASSERT_TRUE(control);
  EXPECT_EQ(control->kind, kind_control);
  EXPECT_FALSE(control->token);
  const auto work = parse_hello(line("work", R"(,"token":")" + token + "\""));
  ASSERT_TRUE(work);
  EXPECT_EQ(work->token, token);
  const auto egress = parse_hello(line("egress", R"(,"via":"socks","token":")" + token + "\""));
  ASSERT_TRUE(egress);
  EXPECT_EQ(egress->via, "socks");
}

TEST(Hello, GivenARangeThatIncludesOurs_WhenParsed_ThenTheHighestCommonVersionIsTaken) {
  const auto hello = parse_hello(line("control", "", R"({"min":0,"max":99})"));
  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->version, protocol_version);
}

struct BadHello {
  const char* name;
  std::string text;
};

class BadHellos : public testing::TestWithParam<BadHello> {};

TEST_P(BadHellos, GivenAHelloThatIsNotRight_WhenParsed_ThenItIsRefused) {
  EXPECT_FALSE(parse_hello(GetParam().text));
}

INSTANTIATE_TEST_SUITE_P(
    Hello, BadHellos,
    testing::Values(BadHello{"Empty", ""}, BadHello{"NoJson", "hello"}, BadHello{"Array", "[]"},
                    BadHello{"NoVersion", R"({"kind":"work"})"},
                    BadHello{"FutureVersion", line("work", "", R"({"min":2,"max":3})")},
                    BadHello{"TurnedRange", line("work", "", R"({"min":3,"max":1})")},
                    BadHello{"TextVersion", line("work", "", R"({"min":"1","max":"1"})")},
                    BadHello{"UnknownKind", line("root")}, BadHello{"EgressWithoutVia", line("egress")},
                    BadHello{"EgressWithOtherVia", line("egress", R"(,"via":"ftp")")},
                    BadHello{"ShortToken", line("work", R"(,"token":"abc")")},
                    BadHello{"UpperCaseToken", line("work", R"(,"token":")" + std::string(64, 'B') + "\"")},
                    BadHello{"BadBoot", R"({"cus":{"min":1,"max":1},"kind":"work","boot":"zz"})"},
                    BadHello{"Deep", std::string(100, '[') + std::string(100, ']')}),
    [](const auto& info) { return info.param.name; });

TEST(Token, GivenTokens_WhenCompared_ThenOnlyTheSameIsTheSame) {
  EXPECT_TRUE(same_token(token, token));
  EXPECT_FALSE(same_token(token, token.substr(1)));
  EXPECT_FALSE(same_token(token, ""));
  std::string other = token;
  other.back() = 'c';
  EXPECT_FALSE(same_token(token, other));
}

}  // namespace
}  // namespace cus::guest
