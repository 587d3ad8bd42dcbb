// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/advisories.hpp"

#include <gmock/gmock.h>

namespace cus::engine {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> warnings(const std::string& docker, const std::string& runc,
                                  const std::string& name = "docker") {
  return known_vulnerabilities(
      {.name = name, .version = docker, .oldest_api = {}, .newest_api = {}, .components = {{"runc", runc}}});
}

TEST(Advisories, GivenDebian12sDockerAndRunc_WhenChecked_ThenEachKnownHoleIsNamedWithItsRemedy) {
  const auto found = warnings("20.10.24+dfsg1", "1.1.5+ds1");
  for (const auto* id : {"CVE-2025-31133", "CVE-2025-52565", "CVE-2025-52881", "CVE-2024-21626",
                         "CVE-2026-41567", "CVE-2024-41110"}) {
    EXPECT_THAT(found, Contains(HasSubstr(id)));
  }
  EXPECT_THAT(found, Each(HasSubstr("Upgrade")));
  EXPECT_THAT(found, Each(HasSubstr("security tracker")));
}

TEST(Advisories, GivenDockerBeforeTheArchiveFix_WhenChecked_ThenItIsNamedAndSaidToBeUnusedHere) {
  for (const auto* docker : {"28.5.2", "29.5.0", "29.5.1-rc.1"}) {
    EXPECT_THAT(warnings(docker, "1.3.6"),
                Contains(AllOf(HasSubstr("CVE-2026-41567"), HasSubstr("never uses"))))
        << docker;
  }
}

TEST(Advisories, GivenFixedVersions_WhenChecked_ThenThereIsNothingToSay) {
  EXPECT_THAT(warnings("29.5.1", "1.3.6"), IsEmpty());
  EXPECT_THAT(warnings("29.5.1", "1.2.8"), IsEmpty());
  EXPECT_THAT(warnings("30.0.0", "v1.4.3"), IsEmpty());
}

TEST(Advisories, GivenRuncOnEitherSideOfAFix_WhenChecked_ThenTheBorderIsExact) {
  const auto id = HasSubstr("CVE-2025-31133");
  for (const auto* runc :
       {"1.2.7", "1.2.8-rc.1", "1.3.0", "1.3.2", "1.4.0-rc.1", "1.4.0-rc.2", "1.0.0-rc93"}) {
    EXPECT_THAT(warnings("29.5.1", runc), Contains(id)) << runc;
  }
  for (const auto* runc : {"1.2.8", "1.2.10", "1.3.3", "1.4.0-rc.3", "1.4.0", "1.10.0"}) {
    EXPECT_THAT(warnings("29.5.1", runc), Not(Contains(id))) << runc;
  }
  EXPECT_THAT(warnings("29.5.1", "1.1.11"), Contains(HasSubstr("CVE-2024-21626")));
  EXPECT_THAT(warnings("29.5.1", "1.1.12"), Not(Contains(HasSubstr("CVE-2024-21626"))));
}

TEST(Advisories, GivenAuthorizationPluginRanges_WhenChecked_ThenOnlyUnpatchedBranchesWarn) {
  const auto id = HasSubstr("CVE-2024-41110");
  for (const auto* docker : {"19.03.15", "20.10.27", "23.0.14", "25.0.5", "26.1.4", "27.1.0"}) {
    EXPECT_THAT(warnings(docker, "1.3.6"), Contains(id)) << docker;
  }
  for (const auto* docker : {"23.0.15", "25.0.6", "26.1.5", "27.1.1", "28.5.2"}) {
    EXPECT_THAT(warnings(docker, "1.3.6"), Not(Contains(id))) << docker;
  }
}

TEST(Advisories, GivenPodman_WhenChecked_ThenItsVersionIsNotTakenForDockers) {
  EXPECT_THAT(warnings("4.3.1", "1.2.8", "podman"), IsEmpty());
}

TEST(Advisories, GivenVersionsThatAreNone_WhenChecked_ThenNothingIsClaimed) {
  for (const auto* text : {"", "dev", "v", "-1.2.3", "99999999999999999999.1"})
    EXPECT_THAT(warnings(text, text), IsEmpty()) << text;
}

}  // namespace
}  // namespace cus::engine
