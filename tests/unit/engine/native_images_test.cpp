// SPDX-License-Identifier: Apache-2.0
#include "engine/native/images.hpp"

#include <gmock/gmock.h>

#include <filesystem>

#include "engine/samples.hpp"
#include "support/temp_dir.hpp"

namespace cus::engine {
namespace {

namespace fs = std::filesystem;

class Images : public testing::Test {
 protected:
  Images() {
    fs::create_directories(dir_ / "images/core-1/rootfs/usr");
    fs::create_directories(dir_ / "images/core-2/rootfs/usr");
    fs::create_directory_symlink("core-2", images_ + "/core");
  }
  test::TempDir dir_;
  std::string images_ = dir_ / "images";
};

TEST_F(Images, GivenALink_WhenAskedByItsName_ThenItIsTheNewestWithItsHash) {
  const Result<Image> image = find_image(images_, "core");
  ASSERT_TRUE(image) << image.error().cause;
  EXPECT_EQ(image->name, "core-2");
  EXPECT_EQ(image->root, fs::canonical(images_).string() + "/core-2/rootfs");
}

TEST_F(Images, GivenANameWithAHash_WhenAsked_ThenItIsThatOne) {
  const Result<Image> image = find_image(images_, "core-1");
  ASSERT_TRUE(image) << image.error().cause;
  EXPECT_EQ(image->name, "core-1");
}

TEST_F(Images, GivenNoSuchImage_WhenAsked_ThenTheErrorSaysHowToBuildIt) {
  const Result<Image> image = find_image(images_, "browser");
  ASSERT_EQ(test::code_of(image), Code::image_missing);
  EXPECT_THAT(image.error().message, testing::HasSubstr("image build"));
  EXPECT_THAT(image.error().message, testing::HasSubstr("browser"));
  EXPECT_EQ(test::code_of(find_image(dir_ / "none", "core")), Code::image_missing);
}

TEST_F(Images, GivenHalfAnImage_WhenAsked_ThenItIsMissing) {
  fs::create_directories(images_ + "/empty/rootfs");
  fs::create_directories(images_ + "/bare");
  fs::create_directory_symlink("core-9", images_ + "/dangling");
  fs::create_directory_symlink("circle", images_ + "/circle");
  for (const char* name : {"empty", "bare", "dangling", "circle"})
    EXPECT_EQ(test::code_of(find_image(images_, name)), Code::image_missing) << name;
}

TEST_F(Images, GivenANameThatLeadsElsewhere_WhenAsked_ThenItIsMissing) {
  fs::create_directories(dir_ / "outside/rootfs/usr");
  fs::create_directories(images_ + "/.core.part/rootfs/usr");
  for (const char* name :
       {"", ".", "..", "../outside", "core-1/../core-2", "core-1/", "/core-1", ".core.part"})
    EXPECT_EQ(test::code_of(find_image(images_, name)), Code::image_missing) << name;
}

}  // namespace
}  // namespace cus::engine
