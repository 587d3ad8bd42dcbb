// SPDX-License-Identifier: Apache-2.0
#include "engine/native/records.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "engine/samples.hpp"
#include "support/temp_dir.hpp"

namespace cus::engine {
namespace {

namespace fs = std::filesystem;

class RecordsTest : public testing::Test {
 protected:
  std::string file(const std::string& name) const {
    return dir_ / ("state/" + test::sample_storage.str() + "/" + name);
  }
  static std::string text_of(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }
  static engine::Run sample_run() {
    return {.process = {.pid = 4711, .started = 123'456, .boot = "boot"},
            .image = "core-1",
            .group = "abc",
            .uid = 2'000'007};
  }

  test::TempDir dir_;
  Records records_{dir_ / "state"};
  SandboxSpec spec_ = test::sample_spec();
};

TEST_F(RecordsTest, GivenNothing_WhenAsked_ThenThereIsNothing) {
  EXPECT_FALSE(records_.spec(spec_.storage));
  EXPECT_FALSE(records_.run(spec_.storage));
  EXPECT_TRUE(records_.all().empty());
  EXPECT_TRUE(records_.remove(spec_.storage));
}

TEST_F(RecordsTest, GivenASandbox_WhenCreated_ThenAnotherServerReadsTheSame) {
  ASSERT_TRUE(records_.create(spec_));
  const Records other(dir_ / "state");
  ASSERT_TRUE(other.spec(spec_.storage));
  EXPECT_EQ(other.spec(spec_.storage)->argv, spec_.argv);
  EXPECT_EQ(other.spec(spec_.storage)->instance, spec_.instance);
  EXPECT_FALSE(other.run(spec_.storage));
  EXPECT_THAT(other.all(), testing::ElementsAre(spec_.storage));
}

TEST_F(RecordsTest, GivenARecord_WhenCreatedAgain_ThenItIsAConflictAndTheFirstStays) {
  ASSERT_TRUE(records_.create(spec_));
  SandboxSpec second = spec_;
  second.hostname = "second";
  EXPECT_EQ(test::code_of(records_.create(second)), Code::conflict);
  EXPECT_EQ(records_.spec(spec_.storage)->hostname, spec_.hostname);
}

TEST_F(RecordsTest, GivenARecord_WhenLookedAtByOthers_ThenItIsClosedToThem) {
  ASSERT_TRUE(records_.create(spec_));
  struct stat info{};
  ASSERT_EQ(::stat(file("spec.json").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat((dir_ / "state").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0700U);
}

TEST_F(RecordsTest, GivenARun_WhenPut_ThenItIsReadBackAndTheLastOneCounts) {
  ASSERT_TRUE(records_.create(spec_));
  ASSERT_TRUE(records_.put_run(spec_.storage, sample_run()));
  engine::Run second = sample_run();
  second.process.pid = 4712;
  ASSERT_TRUE(records_.put_run(spec_.storage, second));
  const auto run = records_.run(spec_.storage);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->process.pid, 4712);
  EXPECT_EQ(run->process.started, 123'456U);
  EXPECT_EQ(run->process.boot, "boot");
  EXPECT_EQ(run->image, "core-1");
  EXPECT_EQ(run->group, "abc");
  EXPECT_EQ(run->uid, 2'000'007U);
}

TEST_F(RecordsTest, GivenARecordCutShortAnywhere_WhenRead_ThenItCountsAsNone) {
  ASSERT_TRUE(records_.create(spec_));
  ASSERT_TRUE(records_.put_run(spec_.storage, sample_run()));
  for (const std::string& name : {std::string("spec.json"), std::string("run.json")}) {
    const std::string whole = text_of(file(name));
    for (std::size_t size = 0; size < whole.size(); ++size) {
      write(file(name), whole.substr(0, size));
      ASSERT_FALSE(name == "spec.json" ? records_.spec(spec_.storage).has_value()
                                       : records_.run(spec_.storage).has_value())
          << name << " " << size;
    }
  }
}

TEST_F(RecordsTest, GivenADamagedRecord_WhenCreatedAgain_ThenItIsMadeAnew) {
  ASSERT_TRUE(records_.create(spec_));
  write(file("spec.json"), "\xff{}");
  EXPECT_FALSE(records_.spec(spec_.storage));
  EXPECT_TRUE(records_.create(spec_));
  EXPECT_TRUE(records_.spec(spec_.storage));
}

TEST_F(RecordsTest, GivenADamagedRun_WhenRead_ThenItCountsAsNone) {
  ASSERT_TRUE(records_.create(spec_));
  for (const char* text :
       {"", "[]", "7", "{}", R"({"pid":"7","started":1})", R"({"pid":7})", R"({"pid":1,"started":1})",
        R"({"pid":0,"started":1})", R"({"pid":-7,"started":1})", R"({"pid":4294967298,"started":1})",
        R"({"pid":7,"started":-1})"}) {
    write(file("run.json"), text);
    EXPECT_FALSE(records_.run(spec_.storage)) << text;
  }
}

TEST_F(RecordsTest, GivenAHugeRecord_WhenRead_ThenItCountsAsNone) {
  ASSERT_TRUE(records_.create(spec_));
  write(file("spec.json"), text_of(file("spec.json")) + std::string(1U << 20U, ' '));
  EXPECT_FALSE(records_.spec(spec_.storage));
}

TEST_F(RecordsTest, GivenForeignNames_WhenListed_ThenTheyAreIgnored) {
  ASSERT_TRUE(records_.create(spec_));
  for (const char* name : {"lost+found", "0123", "0123456789ABCDEF0123456789ABCDEF", "spares.new"})
    fs::create_directories(dir_ / ("state/" + std::string(name)));
  EXPECT_THAT(records_.all(), testing::ElementsAre(spec_.storage));
}

TEST_F(RecordsTest, GivenARecord_WhenRemoved_ThenNothingOfItIsLeft) {
  ASSERT_TRUE(records_.create(spec_));
  ASSERT_TRUE(records_.put_run(spec_.storage, sample_run()));
  ASSERT_TRUE(records_.remove(spec_.storage));
  EXPECT_TRUE(fs::is_empty(dir_ / "state"));
}

TEST_F(RecordsTest, GivenAPlaceWhereNothingCanBeMade_WhenCreated_ThenItIsAnError) {
  write(dir_ / "file", "x");
  EXPECT_FALSE(Records(dir_ / "file").create(spec_));
  EXPECT_FALSE(Records(dir_ / "no/such").create(spec_));
  EXPECT_FALSE(records_.put_run(spec_.storage, sample_run()));
}

}  // namespace
}  // namespace cus::engine
