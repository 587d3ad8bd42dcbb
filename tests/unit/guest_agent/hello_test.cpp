// SPDX-License-Identifier: Apache-2.0
#include "guest_agent/hello.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cus/guest/protocol.hpp"

namespace cus::guest_agent {
namespace {

const std::string hex(64, 'a');

class HelloTest : public testing::Test {
 protected:
  // Reads `text` as the server's answer, in place.
  Result<> answer(std::string& text) { return read_hello_answer({text.data(), text.size()}, token_); }

  Token token_ = std::move(*Token::make());
  Identity identity_{.boot = std::string(32, 'b'), .build = "1.2-abc"};
  std::array<char, 2048> memory_{};
};

TEST_F(HelloTest, GivenNoTokenYet_WhenHelloIsSaid_ThenItNamesVersionsKindBootAndBuild) {
  const auto line = compose_hello(memory_, identity_, {guest::kind_control, {}}, {});
  ASSERT_TRUE(line.has_value());
  EXPECT_TRUE(line->ends_with("\n"));
  const auto hello = nlohmann::json::parse(*line);
  const nlohmann::json expected = {
      {"cus", {{"min", guest::oldest_protocol_version}, {"max", guest::protocol_version}}},
      {"kind", "control"},
      {"boot", identity_.boot},
      {"build", "1.2-abc"}};
  EXPECT_EQ(hello, expected);
}

TEST_F(HelloTest, GivenATokenAndAProxyPort_WhenHelloIsSaid_ThenBothAreInIt) {
  const auto line = compose_hello(memory_, identity_, {guest::kind_egress, "socks"}, hex);
  const auto hello = nlohmann::json::parse(*line);
  EXPECT_EQ(hello.at("via"), "socks");
  EXPECT_EQ(hello.at("token"), hex);
}

TEST_F(HelloTest, GivenTooLittleRoom_WhenHelloIsComposed_ThenItFailsAndNothingIsCut) {
  EXPECT_FALSE(
      compose_hello(std::span(memory_).first(50), identity_, {guest::kind_work, {}}, hex).has_value());
  identity_.build = std::string(guest::max_hello_bytes, 'x');
  EXPECT_FALSE(compose_hello(memory_, identity_, {guest::kind_work, {}}, hex).has_value());
}

TEST_F(HelloTest, GivenAnAnswerWithAToken_WhenItIsRead_ThenTheTokenIsKeptAndBlottedOut) {
  std::string text = R"({"ok":true,"version":1,"token": ")" + hex + "\"}";
  ASSERT_TRUE(answer(text).has_value());
  EXPECT_EQ(token_.hex(), hex);
  EXPECT_FALSE(text.contains("aaaa"));
}

TEST_F(HelloTest, GivenAnAnswerWithoutAToken_WhenItIsRead_ThenTheOldOneIsKept) {
  token_.set(hex);
  std::string text = R"({"ok":true,"version":1})";
  ASSERT_TRUE(answer(text).has_value());
  EXPECT_EQ(token_.hex(), hex);
}

TEST_F(HelloTest, GivenATokenOfAnotherShape_WhenItIsSet_ThenItIsNotTaken) {
  for (const std::string& odd : {std::string("abc"), std::string(64, 'G'), std::string(65, 'a')})
    token_.set(odd);
  EXPECT_EQ(token_.hex(), "");
}

TEST_F(HelloTest, GivenARefusalOrNonsense_WhenItIsRead_ThenItIsAnError) {
  for (std::string text :
       {R"({"ok":false,"why":"no"})", R"({"ok":true,"version":2})", R"({"ok":true,"version":0})",
        R"({"ok":true})", R"({"token":)", R"({"token":"abc)", "", "[]", "\xff"}) {
    EXPECT_FALSE(answer(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace cus::guest_agent
