// SPDX-License-Identifier: Apache-2.0
#include "cus/auth/user_token.hpp"

#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "cus/base/base64.hpp"

namespace cus::auth {
namespace {

const std::string secret = "a shared secret of both sides";
constexpr std::string_view good_head = R"({"alg":"HS256","typ":"JWT"})";
constexpr std::int64_t now = 1'800'000'100;

std::chrono::system_clock::time_point at(std::int64_t seconds) {
  return std::chrono::system_clock::time_point(std::chrono::seconds(seconds));
}

std::string sign(std::string_view head, std::string_view claims, const std::string& key = secret) {
  const std::string text = encode_base64(head, Base64::url) + "." + encode_base64(claims, Base64::url);
  std::string mac(32, '\0');
  unsigned int size = 0;
  ::HMAC(::EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(mac.data()), &size);
  return text + "." + encode_base64(mac, Base64::url);
}

std::string claims(std::string_view more) {
  return R"({"sub":"u1","email":"a@example.org",)" + std::string(more) + "}";
}

Result<User> verify(std::string_view token, std::int64_t when = now) {
  return UserTokens(Secret(secret)).verify(token, at(when));
}

Code refusal(std::string_view token, std::int64_t when = now) {
  const Result<User> user = verify(token, when);
  EXPECT_FALSE(user) << token;
  return user ? Code::internal : user.error().code;
}

// Signed by another implementation.
const std::string foreign =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIwZjhmYWQ1Yi1kOWNiLTQ2OWYtYTE2NS03MDg2NzcyODk1MGU"
    "iLCJlbWFpbCI6ImFkYUBleGFtcGxlLm9yZyIsIm5hbWUiOiJBZGEgTG92ZWxhY2UiLCJyb2xlIjoidXNlciIsImlzcyI6Im9"
    "wZW4td2VidWkiLCJpYXQiOjE4MDAwMDAwMDAsImV4cCI6MTgwMDAwMDMwMH0.o9HM7obxHkQ-ao0X3SaJbDLdb8_wOzaOIs0"
    "SV5qTxvw";

TEST(UserToken, GivenATokenOfAChatClient_WhenVerified_ThenItsUserIsKnown) {
  const Result<User> user = verify(foreign);
  ASSERT_TRUE(user) << user.error().message;
  EXPECT_EQ(*user, (User{.id = "0f8fad5b-d9cb-469f-a165-70867728950e",
                         .email = "ada@example.org",
                         .name = "Ada Lovelace",
                         .role = "user"}));
}

TEST(UserToken, GivenAnyByteChanged_WhenVerified_ThenItIsRefused) {
  for (std::size_t i = 0; i < foreign.size(); ++i) {
    std::string changed = foreign;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verify(changed)) << i;
    EXPECT_FALSE(verify(foreign.substr(0, i))) << i;
  }
}

TEST(UserToken, GivenAnotherSecret_WhenVerified_ThenItIsUnauthorizedAndTheMessageNamesTheSetting) {
  const Result<User> user = verify(sign(good_head, claims(R"("exp":1800000300)"), "another secret"));
  ASSERT_FALSE(user);
  EXPECT_EQ(user.error().code, Code::unauthorized);
  EXPECT_THAT(user.error().message, testing::HasSubstr("FORWARD_USER_INFO_HEADER_JWT_SECRET"));
}

TEST(UserToken, GivenAnyAlgorithmButHs256_WhenVerified_ThenItIsRefusedEvenWithARightSignature) {
  for (const char* head : {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"hs256"})",
                           R"({"alg":"HS512"})", R"({"alg":"RS256"})", R"({"alg":["HS256"]})",
                           R"({"typ":"JWT"})", R"([])", R"({"alg":"HS256","crit":["exp"]})"}) {
    EXPECT_EQ(refusal(sign(head, claims(R"("exp":1800000300)"))), Code::invalid_argument) << head;
  }
  const std::string none = encode_base64(R"({"alg":"none"})", Base64::url);
  EXPECT_EQ(refusal(none + "." + encode_base64(claims(R"("exp":1800000300)"), Base64::url) + "."),
            Code::invalid_argument);
}

TEST(UserToken, GivenTimes_WhenVerified_ThenAMinuteOfDifferenceIsForgivenAndNoMore) {
  const std::string token = sign(good_head, claims(R"("iat":1800000000,"nbf":1800000000,"exp":1800000300)"));
  EXPECT_TRUE(verify(token, 1'800'000'000 - 60));
  EXPECT_EQ(refusal(token, 1'800'000'000 - 61), Code::unauthorized);
  EXPECT_TRUE(verify(token, 1'800'000'300 + 60));
  EXPECT_EQ(refusal(token, 1'800'000'300 + 61), Code::unauthorized);
  EXPECT_EQ(refusal(sign(good_head, claims(R"("nbf":1800000200,"exp":1800000300)"))), Code::unauthorized);
  EXPECT_EQ(refusal(sign(good_head, claims(R"("iat":1800000200,"exp":1800000300)"))), Code::unauthorized);
}

TEST(UserToken, GivenClaimsThatAreNot_WhenVerified_ThenTheTokenIsMalformed) {
  for (const char* more :
       {R"("iat":1)", R"("exp":"1800000300")", R"("exp":1.5)", R"("exp":null)", R"("exp":-1)",
        R"("exp":1e300)", R"("exp":18446744073709551615)", R"("exp":1800000300,"iat":"x")",
        R"("exp":1800000300,"nbf":{})", R"("exp":1800000300,"sub":"")", R"("exp":1800000300,"sub":7)"}) {
    EXPECT_EQ(refusal(sign(good_head, claims(more))), Code::invalid_argument) << more;
  }
  for (const char* text : {"", "[]", "null", "{", "\xFF"}) {
    EXPECT_EQ(refusal(sign(good_head, text)), Code::invalid_argument) << text;
  }
}

TEST(UserToken, GivenTextThatIsNoToken_WhenVerified_ThenItIsMalformed) {
  for (const std::string& text :
       {std::string(), std::string("."), std::string(".."), std::string("..."), std::string("a.b.c"),
        foreign + ".", foreign + "=", "Bearer " + foreign, foreign + std::string(4096, 'A')}) {
    EXPECT_EQ(refusal(text), Code::invalid_argument) << text.substr(0, 40);
  }
}

TEST(UserToken, GivenARefusal_WhenShown_ThenItHoldsNeitherSecretNorToken) {
  for (const std::string& token :
       {sign(good_head, claims(R"("exp":1)")), sign(good_head, "{}"), foreign + "x"}) {
    const Error error = verify(token).error();
    EXPECT_THAT(error.message + error.cause, testing::Not(testing::HasSubstr(secret)));
    EXPECT_THAT(error.message + error.cause, testing::Not(testing::HasSubstr(token.substr(0, 12))));
  }
}

}  // namespace
}  // namespace cus::auth
