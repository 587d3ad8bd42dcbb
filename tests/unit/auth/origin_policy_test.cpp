// SPDX-License-Identifier: Apache-2.0
#include "cus/auth/origin_policy.hpp"

#include <gmock/gmock.h>

namespace cus::auth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

OriginPolicy policy(OriginSettings settings) {
  auto parsed = OriginPolicy::parse(settings);
  EXPECT_TRUE(parsed);
  return parsed ? *parsed : OriginPolicy();
}

OriginPolicy configured() {
  return policy({.public_base_url = "https://cu.example.com/base",
                 .allowed_hosts = "lan.example, tools.example:6274",
                 .has_key = true});
}

struct HostCase {
  const char* host;
  bool without_key;
  bool with_key;
};

class HostMatrix : public testing::TestWithParam<HostCase> {};

TEST_P(HostMatrix, GivenAHost_WhenJudged_ThenOnlyUnrebindableOrConfiguredNamesPass) {
  EXPECT_EQ(OriginPolicy().allows_host(GetParam().host), GetParam().without_key);
  EXPECT_EQ(configured().allows_host(GetParam().host), GetParam().with_key);
}

INSTANTIATE_TEST_SUITE_P(
    Table, HostMatrix,
    testing::Values(HostCase{"localhost", true, true}, HostCase{"LOCALHOST:9999", true, true},
                    HostCase{"127.0.0.1:8081", true, true}, HostCase{"127.9.9.9", true, true},
                    HostCase{"[::1]:8081", true, true}, HostCase{"computer-use-server:8081", true, true},
                    HostCase{"192.0.2.7:8081", false, true}, HostCase{"[2001:db8::1]", false, true},
                    HostCase{"cu.example.com", false, true}, HostCase{"CU.example.com:443", false, true},
                    HostCase{"lan.example:8081", false, true}, HostCase{"tools.example", false, true},
                    HostCase{"evil.example", false, false},
                    HostCase{"cu.example.com.evil.example", false, false},
                    HostCase{"evil-cu.example.com", false, false}, HostCase{"localhost.", false, false},
                    HostCase{"localhost.evil.example", false, false}, HostCase{"127.1", false, false},
                    HostCase{"2130706433", false, false}, HostCase{"0x7f.1", false, false},
                    HostCase{"0.0.0.0", false, false}, HostCase{"[::]", false, false},
                    HostCase{"", false, false}, HostCase{"localhost evil", false, false},
                    HostCase{"evil@localhost", false, false}));

struct OriginCase {
  const char* origin;
  const char* host;
  bool allowed;
};

class OriginMatrix : public testing::TestWithParam<OriginCase> {};

TEST_P(OriginMatrix, GivenAnOrigin_WhenJudged_ThenOnlyOurOwnAndConfiguredOnesPass) {
  EXPECT_EQ(configured().allows_origin(GetParam().origin, GetParam().host), GetParam().allowed)
      << GetParam().origin << " to " << GetParam().host;
}

INSTANTIATE_TEST_SUITE_P(
    Table, OriginMatrix,
    testing::Values(OriginCase{"http://localhost", "localhost:8081", true},
                    OriginCase{"http://localhost:6274", "localhost:8081", true},
                    OriginCase{"https://127.0.0.1:3000", "cu.example.com", true},
                    OriginCase{"http://[::1]:1", "localhost", true},
                    OriginCase{"https://cu.example.com", "cu.example.com", true},
                    OriginCase{"https://cu.example.com:443", "127.0.0.1", true},
                    OriginCase{"http://cu.example.com", "cu.example.com", false},        // other scheme
                    OriginCase{"https://cu.example.com:8443", "cu.example.com", false},  // other port
                    OriginCase{"https://cu.example.com.evil.example", "cu.example.com", false},
                    OriginCase{"https://evil.example", "cu.example.com", false},
                    OriginCase{"http://evil.example", "evil.example",
                               false},  // rebinding: same, and not ours
                    OriginCase{"null", "localhost", false}, OriginCase{"", "localhost", false},
                    OriginCase{"http://lan.example", "lan.example:8081", true},
                    OriginCase{"http://lan.example:8081", "lan.example:8081", true},
                    OriginCase{"http://lan.example:3000", "lan.example:8081", false},
                    OriginCase{"http://tools.example:6274", "localhost", true},
                    OriginCase{"http://tools.example", "localhost", false},
                    OriginCase{"http://192.0.2.7:8081", "192.0.2.7:8081", true},
                    OriginCase{"http://192.0.2.7:9", "192.0.2.7:8081", false},
                    OriginCase{"http://203.0.113.5", "192.0.2.7:8081", false},
                    OriginCase{"http://0.0.0.0:8081", "localhost", false},
                    OriginCase{"http://127.1", "localhost", false},
                    OriginCase{"http://2130706433", "localhost", false},
                    OriginCase{"http://localhost.", "localhost", false},
                    OriginCase{"ftp://localhost", "localhost", false}));

TEST(OriginPolicy, GivenNoKey_WhenAPageOfAnAddressAsks_ThenItIsRefused) {
  EXPECT_FALSE(OriginPolicy().allows_origin("http://192.0.2.7:8081", "192.0.2.7:8081"));
}

TEST(OriginPolicy, GivenBadSettings_WhenParsed_ThenEachIsReportedWithItsVariable) {
  const auto parsed = OriginPolicy::parse(
      {.public_base_url = "cu.example.com", .allowed_hosts = "good.example,http://bad.example,*,0.0.0.0"});
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error(), ElementsAre(HasSubstr("PUBLIC_BASE_URL"), HasSubstr("ALLOWED_HOSTS: \"http"),
                                          HasSubstr("ALLOWED_HOSTS: \"*\""), HasSubstr("0.0.0.0")));
}

TEST(OriginPolicy, GivenEmptyEntries_WhenParsed_ThenTheyAreSkipped) {
  EXPECT_TRUE(policy({.allowed_hosts = ", a.example ,,"}).allows_host("a.example"));
}

}  // namespace
}  // namespace cus::auth
