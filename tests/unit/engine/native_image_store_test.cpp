// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp() is POSIX

#include <filesystem>
#include <fstream>

#include "cus/engine/image_store.hpp"

namespace cus::engine::test {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

class ImageStore : public testing::Test {
 protected:
  ImageStore() {
    std::string name = (fs::temp_directory_path() / "cus-images-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
  }
  ~ImageStore() override { fs::remove_all(directory_); }

  void add(const std::string& target, const std::string& hash) const {
    const fs::path image = fs::path(directory_) / (target + "-" + hash);
    fs::create_directories(image / "rootfs/usr");
    std::ofstream(image / "rootfs/usr/file") << std::string(100'000, 'x');
    std::ofstream(image / "image.json") << R"({"name":")" << target << "-" << hash << R"(","target":")"
                                        << target << R"(","created":"2026-01-02T03:04:05Z"})";
  }
  void link(const std::string& target, const std::string& hash) const {
    fs::create_directory_symlink(target + "-" + hash, fs::path(directory_) / target);
  }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const StoredImage& image : list_images(directory_).value()) found.push_back(image.name);
    return found;
  }

  std::string directory_;
};

TEST_F(ImageStore, GivenSomeImages_WhenListed_ThenEachIsToldWithItsSizeAndUse) {
  add("core", "1");
  add("core", "2");
  link("core", "2");
  fs::create_directory(fs::path(directory_) / ".staging-core-7");
  const auto images = list_images(directory_);
  ASSERT_TRUE(images);
  ASSERT_EQ(images->size(), 2U);
  EXPECT_EQ(images->front().name, "core-1");
  EXPECT_EQ(images->front().target, "core");
  EXPECT_EQ(images->front().created, "2026-01-02T03:04:05Z");
  EXPECT_GE(images->front().bytes, 100'000U);
  EXPECT_FALSE(images->front().newest);
  EXPECT_FALSE(images->front().in_use);
  EXPECT_TRUE(images->back().newest);
}

TEST_F(ImageStore, GivenNoDirectory_WhenListed_ThenThereAreNone) {
  const auto images = list_images(directory_ + "/missing");
  ASSERT_TRUE(images);
  EXPECT_TRUE(images->empty());
}

TEST_F(ImageStore, GivenAnOldImage_WhenItIsRemoved_ThenTheOthersStay) {
  add("core", "1");
  add("core", "2");
  link("core", "2");
  EXPECT_TRUE(remove_image(directory_, "core-1"));
  EXPECT_THAT(names(), ElementsAre("core-2"));
}

TEST_F(ImageStore, GivenTheNewestOne_WhenItIsToBeRemoved_ThenItStays) {
  add("core", "2");
  link("core", "2");
  const auto removed = remove_image(directory_, "core-2");
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, Code::conflict);
  EXPECT_THAT(names(), ElementsAre("core-2"));
}

TEST_F(ImageStore, GivenNamesThatAreNoImages_WhenTheyAreToBeRemoved_ThenNothingIsTouched) {
  add("core", "1");
  link("core", "1");
  std::ofstream(fs::path(directory_) / "file") << "kept";
  for (const char* name : {"", ".", "..", "core", "file", "../", "core-1/rootfs", "nope"}) {
    const auto removed = remove_image(directory_, name);
    ASSERT_FALSE(removed) << name;
    EXPECT_EQ(removed.error().code, Code::not_found) << name;
  }
  EXPECT_TRUE(fs::exists(fs::path(directory_) / "file"));
  EXPECT_THAT(names(), ElementsAre("core-1"));
}

TEST_F(ImageStore, GivenSeveralTargets_WhenOldOnesAreRemoved_ThenOnlyThoseOfThatTargetThatAreNotNewestGo) {
  for (const char* hash : {"1", "2", "3"}) add("core", hash);
  add("base", "1");
  add("base", "2");
  link("core", "3");
  link("base", "2");
  const auto removed = remove_old_images(directory_, "core");
  ASSERT_TRUE(removed);
  EXPECT_THAT(*removed, ElementsAre("core-1", "core-2"));
  EXPECT_THAT(names(), ElementsAre("base-1", "base-2", "core-3"));
}

}  // namespace
}  // namespace cus::engine::test
