// SPDX-License-Identifier: Apache-2.0
#include "engine/native/bwrap_options.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <random>

#include "engine/samples.hpp"
#include "engine/spec_check.hpp"
#include "support/source_dir.hpp"

namespace cus::engine {
namespace {

const BwrapPlaces places{.root = "/images/core-1/rootfs",
                         .more = {{"/cgroup/abc", "/sys/fs/cgroup", Access::read_only}}};

struct Option {
  std::string name;
  std::vector<std::string> values;
  bool operator==(const Option&) const = default;
};

// The options that may appear at all, and how many values each takes.
const std::map<std::string, std::size_t>& known() {
  static const std::map<std::string, std::size_t> names = {
      {"--unshare-all", 0}, {"--as-pid-1", 0}, {"--new-session", 0},   {"--clearenv", 0},
      {"--cap-drop", 1},    {"--uid", 1},      {"--gid", 1},           {"--hostname", 1},
      {"--ro-bind", 2},     {"--bind", 2},     {"--proc", 1},          {"--dev", 1},
      {"--perms", 1},       {"--size", 1},     {"--tmpfs", 1},         {"--remount-ro", 1},
      {"--chdir", 1},       {"--seccomp", 1},  {"--json-status-fd", 1}};
  return names;
}

std::vector<Option> parse(const std::vector<std::string>& words) {
  std::vector<Option> options;
  for (std::size_t i = 0; i < words.size();) {
    const auto found = known().find(words[i]);
    if (found == known().end() || i + found->second >= words.size()) {
      ADD_FAILURE() << "not an option: " << words[i];
      return options;
    }
    Option option{.name = words[i], .values = {}};
    for (std::size_t value = 1; value <= found->second; ++value) option.values.push_back(words[i + value]);
    i += 1 + found->second;
    options.push_back(std::move(option));
  }
  return options;
}

std::vector<Option> only(const std::vector<Option>& options, const std::string& name) {
  std::vector<Option> found;
  std::ranges::copy_if(options, std::back_inserter(found),
                       [&name](const Option& option) { return option.name == name; });
  return found;
}

std::ptrdiff_t position(const std::vector<Option>& options, const Option& option) {
  return std::ranges::find(options, option) - options.begin();
}

std::string golden() {
  std::ifstream file(::cus::test::source_dir() + "/tests/unit/engine/golden/bwrap_options.txt");
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string as_lines(const std::vector<Option>& options) {
  std::string text;
  for (const Option& option : options) {
    text += option.name;
    for (const std::string& value : option.values) text += " " + value;
    text += '\n';
  }
  return text;
}

TEST(BwrapOptions, GivenAnOrdinarySandbox_WhenMade_ThenTheOptionsAreTheGoldenOnes) {
  EXPECT_EQ(as_lines(parse(bwrap_options(test::sample_spec(), places))), golden());
}

TEST(BwrapOptions, GivenMountsBelowATmpfs_WhenMade_ThenTheyComeAfterIt) {
  SandboxSpec spec = test::sample_spec();
  spec.tmpfs = {{"/run", 4096, 10, true}};
  const auto options = parse(bwrap_options(spec, places));
  const Option mount{"--ro-bind", {"/data/run/x", "/run/computer-use"}};
  EXPECT_LT(position(options, {"--tmpfs", {"/run"}}), position(options, mount));
}

TEST(BwrapOptions, GivenNoControlGroup_WhenMade_ThenOnlyItsMountIsMissing) {
  auto expected = parse(bwrap_options(test::sample_spec(), places));
  std::erase(expected, Option{"--ro-bind", {"/cgroup/abc", "/sys/fs/cgroup"}});
  const auto options = parse(bwrap_options(test::sample_spec(), {.root = places.root, .more = {}}));
  EXPECT_EQ(options, expected);
}

class RandomSpec {
 public:
  explicit RandomSpec(unsigned seed) : random_(seed) {}

  SandboxSpec make() {
    SandboxSpec spec = test::sample_spec();
    spec.hostname = text();
    spec.uid = number();
    spec.gid = number();
    spec.argv = {text(), text()};
    spec.mounts.clear();
    for (unsigned i = number() % 4; i > 0; --i)
      spec.mounts.push_back({text(), text(), number() % 2 == 0 ? Access::read_only : Access::read_write});
    spec.tmpfs.clear();
    for (unsigned i = number() % 4; i > 0; --i)
      spec.tmpfs.push_back({text(), number(), number(), number() % 2 == 0});
    spec.limits = {number(), number(), number(), number(), number()};
    return spec;
  }

 private:
  unsigned number() { return static_cast<unsigned>(random_()); }
  // Now and then what would be an option, were it not the value of one.
  std::string text() {
    static const std::vector<std::string> options = {"--share-net", "--bind", "--cap-add", "--dev-bind",
                                                     "--"};
    if (number() % 4 == 0) return options[number() % options.size()];
    constexpr std::string_view letters = "ab/.:- ,\n\xff";
    std::string out;
    for (unsigned i = number() % 24; i > 0; --i) out += letters[number() % letters.size()];
    return out;
  }
  std::mt19937 random_;
};

// In the order in which they are mounted.
std::vector<Option> expected_binds(const SandboxSpec& spec) {
  std::vector<Option> binds = {{"--ro-bind", {places.root, "/"}}, {"--ro-bind", {"/proc/sys", "/proc/sys"}}};
  for (const auto& list : {spec.mounts, places.more}) {
    for (const Mount& mount : list) {
      binds.push_back(
          {mount.access == Access::read_only ? "--ro-bind" : "--bind", {mount.source, mount.target}});
    }
  }
  return binds;
}

void expect_harmless(const SandboxSpec& spec, const std::vector<Option>& options) {
  for (const char* name : {"--unshare-all", "--as-pid-1", "--new-session", "--clearenv"})
    EXPECT_EQ(only(options, name).size(), 1U) << name;
  EXPECT_EQ(only(options, "--cap-drop"), (std::vector<Option>{{"--cap-drop", {"ALL"}}}));
  EXPECT_EQ(only(options, "--seccomp"), (std::vector<Option>{{"--seccomp", {std::to_string(seccomp_fd)}}}));
  EXPECT_EQ(only(options, "--json-status-fd"),
            (std::vector<Option>{{"--json-status-fd", {std::to_string(status_fd)}}}));
  EXPECT_EQ(only(options, "--uid"), (std::vector<Option>{{"--uid", {std::to_string(spec.uid)}}}));
  EXPECT_EQ(only(options, "--gid"), (std::vector<Option>{{"--gid", {std::to_string(spec.gid)}}}));
  EXPECT_EQ(only(options, "--proc"), (std::vector<Option>{{"--proc", {"/proc"}}}));
  EXPECT_EQ(only(options, "--dev"), (std::vector<Option>{{"--dev", {"/dev"}}}));
  std::vector<Option> binds;
  std::ranges::copy_if(options, std::back_inserter(binds), [](const Option& option) {
    return option.name == "--bind" || option.name == "--ro-bind";
  });
  EXPECT_EQ(binds, expected_binds(spec));
  EXPECT_EQ(only(options, "--tmpfs").size(), 1 + spec.tmpfs.size());
  EXPECT_EQ(only(options, "--size").size(), 1 + spec.tmpfs.size());
}

// Whatever a spec holds, it changes values, never which options there are or what keeps a sandbox in.
TEST(BwrapOptions, GivenRandomSpecs_WhenMade_ThenNothingPrivilegedAppears) {
  RandomSpec random(20260102);
  for (int i = 0; i < 2'000; ++i) {
    const SandboxSpec spec = random.make();
    expect_harmless(spec, parse(bwrap_options(spec, places)));
    if (testing::Test::HasFailure()) FAIL() << testing::PrintToString(bwrap_options(spec, places));
  }
}

// Bubblewrap reads its options one after the other, each ended by a zero byte.
TEST(BwrapOptions, GivenAZeroByteInASpec_WhenChecked_ThenItIsRefusedBeforeItCouldEndAWord) {
  const std::string words("/a\0--share-net", 14);
  SandboxSpec source = test::sample_spec();
  source.mounts[0].source = words;
  SandboxSpec target = test::sample_spec();
  target.mounts[0].target = words;
  SandboxSpec tmpfs = test::sample_spec();
  tmpfs.tmpfs[0].target = words;
  SandboxSpec hostname = test::sample_spec();
  hostname.hostname = std::string("a\0--share-net", 13);
  for (const SandboxSpec& spec : {source, target, tmpfs, hostname})
    EXPECT_EQ(test::code_of(check_spec(spec)), Code::invalid_argument);
}

}  // namespace
}  // namespace cus::engine
