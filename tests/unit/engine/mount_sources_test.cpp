// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/mount_sources.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "engine/docker/api_client.hpp"
#include "engine/samples.hpp"
#include "engine/stub_engine.hpp"
#include "support/run_task.hpp"

namespace cus::engine {
namespace {

using testing::HasSubstr;

const std::string own(64, 'c');

std::string container_mountinfo(const std::string& prefix = "/var/lib/docker/containers/") {
  return "620 600 254:1 " + prefix + own + "/resolv.conf /etc/resolv.conf rw,relatime - ext4 /dev/vda1 rw\n" +
         "621 600 254:1 " + prefix + own + "/hostname /etc/hostname rw,relatime - ext4 /dev/vda1 rw\n";
}

TEST(OwnContainerId, GivenAContainersMounts_WhenRead_ThenItsIdIsFound) {
  EXPECT_EQ(own_container_id(container_mountinfo()), own);
  EXPECT_EQ(own_container_id(container_mountinfo("/containers/")), own);
  EXPECT_EQ(own_container_id(container_mountinfo("/containers/storage/overlay-containers/")), own);
}

// A host that runs containers has mounts with ids in their mount points.
TEST(OwnContainerId, GivenAHost_WhenRead_ThenThereIsNone) {
  EXPECT_EQ(own_container_id("90 30 0:50 / /var/lib/docker/containers/" + own +
                             "/mounts/shm rw - tmpfs shm rw\n"
                             "91 30 8:1 / / rw - ext4 /dev/sda1 rw\n"),
            std::nullopt);
  EXPECT_EQ(own_container_id(""), std::nullopt);
  EXPECT_EQ(own_container_id("1 2 3 /containers/short/hostname /etc/hostname\n\n\n"), std::nullopt);
}

TEST(SourceMap, GivenNestedMounts_WhenTranslated_ThenTheLongestOneCounts) {
  const SourceMap map{{{"/data", "/vol/_data"}, {"/data/chats", "/big/chats"}, {"/dat", "/wrong"}},
                      SourceMap::Others::refused};
  EXPECT_EQ(map.translate("/data/run/x").value(), "/vol/_data/run/x");
  EXPECT_EQ(map.translate("/data/chats/y").value(), "/big/chats/y");
  EXPECT_EQ(map.translate("/data").value(), "/vol/_data");
  EXPECT_EQ(test::code_of(map.translate("/database")), Code::unsupported);
}

TEST(SourceMap, GivenRootOnEitherSide_WhenTranslated_ThenThereIsOneSlash) {
  EXPECT_EQ((SourceMap{{{"/", "/merged"}}}).translate("/a").value(), "/merged/a");
  EXPECT_EQ((SourceMap{{{"/a", "/"}}}).translate("/a/b").value(), "/b");
  EXPECT_EQ((SourceMap{{{"/a", "/"}}}).translate("/a").value(), "/");
}

TEST(SourceMapOf, GivenANamedVolume_WhenRead_ThenItsMountpointIsTheSource) {
  const auto map = source_map_of(
      R"({"Mounts":[{"Type":"volume","Name":"v","Source":"/var/lib/docker/volumes/v/_data","Destination":"/data"},{"Type":"bind"},7]})",
      "/data");
  ASSERT_TRUE(map);
  EXPECT_EQ(map->translate("/data/guest/1").value(), "/var/lib/docker/volumes/v/_data/guest/1");
}

TEST(SourceMapOf, GivenADataRootOnNoMount_WhenRead_ThenTheErrorSaysWhatToDo) {
  const auto map = source_map_of(R"({"Mounts":[{"Source":"/s","Destination":"/other"}]})", "/data");
  ASSERT_FALSE(map);
  EXPECT_THAT(map.error().message, HasSubstr("USER_DATA_BASE_PATH"));
  EXPECT_EQ(test::code_of(source_map_of("{}", "/data")), Code::engine_refused);
  EXPECT_EQ(test::code_of(source_map_of("nonsense", "/data")), Code::engine_refused);
}

class MountSourcesTest : public testing::Test {
 protected:
  void live_in_container(const DockerOptions& options) {
    std::ofstream(options.mountinfo_path) << container_mountinfo();
  }
  Result<std::string> translate(const DockerOptions& options) {
    ApiClient api(loop.get_executor(), options);
    MountSources sources(api, options);
    return translate(sources);
  }
  Result<std::string> translate(MountSources& sources) {
    auto mounts = test::run_task(loop, sources.translate({{"/data/home", "/home", Access::read_write}}));
    if (!mounts) return std::unexpected(mounts.error());
    return mounts->front().source;
  }

  boost::asio::io_context loop;
  std::optional<test::Reply> own_answer;
  test::StubEngine stub{
      loop, [this](const test::Seen& call) { return call.target.contains(own) ? own_answer : std::nullopt; }};
};

TEST_F(MountSourcesTest,
       GivenASettingForTheEnginesView_WhenTranslated_ThenItStandsForTheDataRootAndNobodyIsAsked) {
  DockerOptions options = stub.options();
  live_in_container(options);
  options.data_root = "/data/";
  options.data_root_host = "/srv/cus/";
  EXPECT_EQ(translate(options).value(), "/srv/cus/home");
  EXPECT_TRUE(stub.seen().empty());
}

TEST_F(MountSourcesTest, GivenAServerOnTheHost_WhenTranslated_ThenPathsStay) {
  EXPECT_EQ(translate(stub.options()).value(), "/data/home");
}

TEST_F(MountSourcesTest, GivenAServerInAContainer_WhenTranslatedTwice_ThenItsMountsAreAskedForOnce) {
  const DockerOptions options = stub.options();
  live_in_container(options);
  own_answer = test::answer(200, R"({"Mounts":[{"Source":"/vol","Destination":"/data"}]})");
  ApiClient api(loop.get_executor(), options);
  MountSources sources(api, options);
  EXPECT_EQ(translate(sources).value(), "/vol/home");
  EXPECT_EQ(translate(sources).value(), "/vol/home");
  EXPECT_EQ(stub.count("GET", own), 1U);
}

TEST_F(MountSourcesTest, GivenAnErrorAtFirst_WhenTranslatedAgain_ThenItIsAskedAgain) {
  const DockerOptions options = stub.options();
  live_in_container(options);
  own_answer = test::answer(500, R"({"message":"x"})");
  ApiClient api(loop.get_executor(), options);
  MountSources sources(api, options);
  EXPECT_EQ(test::code_of(translate(sources)), Code::engine_refused);
  own_answer = test::answer(200, R"({"Mounts":[{"Source":"/vol","Destination":"/data"}]})");
  EXPECT_EQ(translate(sources).value(), "/vol/home");
}

TEST_F(MountSourcesTest, GivenAnEngineThatDoesNotKnowThisContainer_WhenTranslated_ThenPathsStay) {
  const DockerOptions options = stub.options();
  live_in_container(options);
  own_answer = test::answer(404, R"({"message":"No such container"})");
  EXPECT_EQ(translate(options).value(), "/data/home");
}

}  // namespace
}  // namespace cus::engine
