// SPDX-License-Identifier: Apache-2.0
// Every setting with what it accepts, at and just beyond each bound.
#include "config/setting.hpp"

#include <gmock/gmock.h>

#include <set>

#include "sources_of.hpp"

namespace cus::config::test {
namespace {

struct Row {
  std::string key;
  std::vector<std::string> accepted;
  std::vector<std::string> refused;
};

const std::vector<std::string> booleans = {"true", "false", "TRUE", "False", "1", "0", "yes", "NO"};
const std::vector<std::string> no_booleans = {"on", "off", "2", "-1", "tru", "true false", "\xC3\xA9"};
const std::vector<std::string> bad_paths = {"relative", "./here",  "~/data", "/",
                                            "//",       "/a/../b", "/..",    "/a\nb"};

const std::vector<Row> table = {
    {"LISTEN_ADDRESS",
     {"127.0.0.1", "0.0.0.0", "::", "::1", "localhost", "10.0.0.7"},
     {"127.1", "256.0.0.1", "[::1]", "example.org", "127.0.0.1:80", "1", std::string("::1\0x", 5),
      "fe80::1%\x1b[2J"}},
    {"MCP_PORT",
     {"0", "1", "8081", "65535"},
     {"65536", "-1", "+1", "0x50", "80 81", "8081.0", "99999999999999999999"}},
    {"MCP_API_KEY", {"k", "0123456789abcdef", "a-b_c.d~!"}, {"two words", "a\tb", "caf\xC3\xA9", "a\x7f"}},
    {"MCP_API_KEYS", {"alice:0123456789abcdef,bob:fedcba9876543210"}, {"alice:a b", "a:\x01"}},
    {"ALLOWED_HOSTS", {"example.org", "a.example:8443,b.example"}, {"a b", "a,\tb"}},
    {"PUBLIC_BASE_URL",
     {"http://localhost:8081", "https://a.example/", "HTTPS://a.example/base//"},
     {"localhost:8081", "ftp://a", "http://", "http:///", "https://a.example/?q", "https://a#b",
      "https://a b"}},
    {"BASE_DATA_DIR", {"/data", "/data/", "//data//here", "/a..b/c"}, bad_paths},
    {"USER_DATA_BASE_PATH", {"/srv/data", "/with space"}, bad_paths},
    {"SKILLS_DIR", {"/tmp", "/"}, {"tmp", "/does/not/exist", "/proc/self/status", "/tmp/.."}},
    {"DOCKER_SOCKET",
     {"unix:///var/run/docker.sock", "/run/podman.sock", "/" + std::string(106, 'x')},
     {"tcp://1.2.3.4:2375", "unix://relative", "docker.sock", "unix:///", "/a/../b",
      "/" + std::string(107, 'x')}},
    {"DOCKER_IMAGE",
     {"a", "registry.example:5000/team/image:1.0", "image@sha256:0123"},
     {"-image", "im age", ":latest", "a;b", std::string(256, 'a')}},
    {"ENGINE", {"auto", "docker", "native"}, {"podman", "1"}},
    {"NATIVE_IMAGE", {"core", "core-0123456789abcdef"}, {"a b", "../core"}},
    {"IMAGES_DIR", {"/srv/images"}, bad_paths},
    {"NATIVE_BWRAP", {"/opt/bin/bwrap"}, bad_paths},
    {"SANDBOX_UID_BASE", {"1000", "2000000"}, {"0", "999", "-1", "x"}},
    {"SANDBOX_UID_COUNT", {"1", "65536"}, {"0", "-1", "many"}},
    {"SANDBOX_RUNTIME", {"runsc", "io.containerd.kata.v2"}, {"/usr/bin/runsc", "run sc", "-x"}},
    {"GUEST_PROGRAM", {"/bin/sh"}, {"sh", "/bin/does-not-exist", "/tmp", "/proc/self/status"}},
    {"CONTAINER_MEM_LIMIT",
     {"64m", "2g", "2G", "4096g", "67108864", "67108864b", "65536K"},
     {"63m", "67108863", "4097g", "1.5g", "2gb", "g", "-1g", "2 g", "18446744073709551615g"}},
    {"CONTAINER_CPU_LIMIT",
     {"0.01", "1", "1.0", "2.5", "1024"},
     {"0", "0.009", "1024.1", "-1", "1e2", "inf", "nan", "1.0.0", "."}},
    {"CONTAINER_PIDS_LIMIT", {"16", "512", "4194304"}, {"15", "0", "-1", "4194305", "many"}},
    {"CONTAINER_SHM_SIZE", {"1m", "256m", "1024g"}, {"1023k", "1025g", "0"}},
    {"CONTAINER_TMP_SIZE", {"16m", "1g", "1024g"}, {"15m", "1025g", "1t"}},
    {"CONTAINER_DISK_LIMIT", {"0b", "1m", "10g", "65536g"}, {"65537g", "all", "-1"}},
    {"CONTAINER_IDLE_TIMEOUT", {"1", "600", "2592000"}, {"0", "2592001", "10m", "-1"}},
    {"COMMAND_TIMEOUT", {"1", "120", "3600"}, {"0", "3601", "2.5", "120s"}},
    {"MAX_SANDBOXES", {"0", "1", "100000"}, {"100001", "-1"}},
    {"ENABLE_NETWORK", booleans, no_booleans},
    {"SANDBOX_NETWORK", {"proxy", "none", "bridge", "Bridge"}, {"host", "true", "container:x"}},
    {"EGRESS_ALLOW_PRIVATE", {"10.0.0.0/8:443", "[::1]:8080,192.168.1.1:*"}, {"10.0.0.0/8 :443"}},
    {"SINGLE_USER_MODE",
     {"true", "false", "True", "FALSE"},
     {"lenient", "yes", "no", "1", "0", "ture", "fasle", "strict", "on", "true,false"}},
    {"STRUCTURED_RESULTS", booleans, no_booleans},
    {"MAX_BODY_MB", {"1", "8", "16"}, {"0", "17", "8m"}},
    {"TRUSTED_PROXIES", {"10.0.0.0/8,::1"}, {"10.0.0.1, 10.0.0.2", "caf\xC3\xA9"}},
    {"FORWARD_USER_INFO_HEADER_JWT_SECRET",
     {"0123456789abcdef", std::string(200, 'x')},
     {"0123456789abcde", "0123456789 abcdef", "0123456789abcde\xC3\xA9"}},
    {"MAX_CONNECTIONS", {"1", "10000", "65536"}, {"0", "65537"}},
    {"MAX_CONNECTIONS_PER_SOURCE", {"1", "2500", "65536"}, {"0", "65537"}},
    {"MAX_REQUESTS", {"1", "1024", "65536"}, {"0", "65537", "many"}},
    {"MAX_REQUESTS_PER_KEY", {"1", "256", "65536"}, {"0", "65537", "-1"}},
    {"STOP_SANDBOXES_ON_EXIT", booleans, no_booleans},
    {"SHUTDOWN_GRACE_SECONDS", {"0", "30", "3600"}, {"3601", "-1"}},
    {"LOG_LEVEL", {"debug", "info", "WARN", "error", "critical"}, {"trace", "warning", "0"}},
};

bool accepts(const std::string& key, const std::string& value) {
  Config config;
  return find_setting(key)->type.assign(value, config);
}

TEST(Settings, GivenTheTable_WhenComparedWithThisOne_ThenEverySettingIsTestedHere) {
  std::set<std::string> declared;
  std::set<std::string> tested;
  for (const Setting& setting : settings()) declared.insert(setting.key);
  for (const Row& row : table) tested.insert(row.key);
  EXPECT_EQ(declared, tested);
  EXPECT_EQ(declared.size(), settings().size()) << "a key is declared twice";
}

TEST(Settings, GivenValuesUpToEachBound_WhenRead_ThenTheyAreAccepted) {
  for (const Row& row : table) {
    for (const std::string& value : row.accepted)
      EXPECT_TRUE(accepts(row.key, value)) << row.key << "=" << value;
  }
}

TEST(Settings, GivenValuesBeyondEachBound_WhenRead_ThenTheyAreRefused) {
  for (const Row& row : table) {
    for (const std::string& value : row.refused)
      EXPECT_FALSE(accepts(row.key, value)) << row.key << "=" << value;
  }
}

TEST(Settings, GivenEachRefusedValue_WhenLoaded_ThenTheProblemNamesTheVariableAndWhatToWrite) {
  for (const Row& row : table) {
    const Loaded loaded = load_with({{row.key, row.refused.front()}});
    ASSERT_EQ(keys_of(loaded.problems), row.key);
    EXPECT_THAT(loaded.problems[0].text,
                ::testing::HasSubstr("write " + find_setting(row.key)->type.accepts));
  }
}

TEST(Settings, GivenEachDefault_WhenRead_ThenItIsAccepted) {
  for (const Setting& setting : settings()) {
    Config config;
    if (!setting.default_text.empty()) {
      EXPECT_TRUE(setting.type.assign(setting.default_text, config)) << setting.key;
    }
    EXPECT_FALSE(setting.sentence.empty()) << setting.key;
    EXPECT_TRUE(setting.sentence.ends_with('.')) << setting.key;
    EXPECT_FALSE(setting.type.accepts.empty()) << setting.key;
  }
}

TEST(Settings, GivenTheKeys_WhenTurnedIntoFlags_ThenTheyAreLowerCaseWithDashes) {
  EXPECT_EQ(flag_name("MCP_PORT"), "--mcp-port");
  EXPECT_EQ(flag_name("STOP_SANDBOXES_ON_EXIT"), "--stop-sandboxes-on-exit");
}

TEST(Settings, GivenTheSecrets_WhenListed_ThenTheyAreTheKeys) {
  std::vector<std::string> secrets;
  for (const Setting& setting : settings()) {
    if (setting.secrecy == Secrecy::secret) secrets.push_back(setting.key);
  }
  EXPECT_THAT(secrets,
              ::testing::ElementsAre("MCP_API_KEY", "MCP_API_KEYS", "FORWARD_USER_INFO_HEADER_JWT_SECRET"));
}

}  // namespace
}  // namespace cus::config::test
