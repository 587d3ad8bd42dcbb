// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "cus/auth/keys.hpp"

namespace cus::auth {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class StoredKeyTest : public testing::Test {
 protected:
  StoredKeyTest() : folder_(fs::temp_directory_path() / ("cus-key-" + random_hex(8))) {
    fs::create_directory(folder_);
  }
  ~StoredKeyTest() override { fs::remove_all(folder_); }
  StoredKeyTest(const StoredKeyTest&) = delete;
  StoredKeyTest& operator=(const StoredKeyTest&) = delete;

  void write_file(const std::string& text, mode_t mode = 0600) {
    std::ofstream(path()) << text;
    ::chmod(path().c_str(), mode);
  }
  std::string path() const { return (folder_ / "api-key").string(); }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  fs::path folder_;
};

TEST_F(StoredKeyTest, GivenNoFile_WhenAsked_ThenAKeyIsMadeForItsOwnerOnly) {
  const auto made = load_or_create_key(path());
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->created);
  EXPECT_GE(made->key.size(), 48U);
  struct stat facts{};
  ASSERT_EQ(::stat(path().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0600U);
  EXPECT_EQ(files(), 1U) << "no temporary file is left";
}

TEST_F(StoredKeyTest, GivenAStoredKey_WhenAskedAgain_ThenItIsTheSameAndNotNew) {
  const auto first = load_or_create_key(path());
  const auto second = load_or_create_key(path());
  ASSERT_TRUE(first && second);
  EXPECT_EQ(second->key, first->key);
  EXPECT_FALSE(second->created);
}

TEST_F(StoredKeyTest, GivenTwoPlaces_WhenAsked_ThenTheKeysDiffer) {
  EXPECT_NE(load_or_create_key(path())->key, load_or_create_key(path() + "2")->key);
}

TEST_F(StoredKeyTest, GivenAMadeKey_WhenARingIsParsed_ThenItIsGoodForTheNetwork) {
  const auto made = load_or_create_key(path());
  const auto keys = KeyRing::parse({.single = made->key, .reach = Reach::network});
  ASSERT_TRUE(keys);
  EXPECT_TRUE(keys->find(made->key));
}

TEST_F(StoredKeyTest, GivenAFileOthersMayRead_WhenAsked_ThenItIsRefused) {
  write_file("cus_0123456789abcdef\n", 0640);
  const auto loaded = load_or_create_key(path());
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr("chmod 600"));
}

TEST_F(StoredKeyTest, GivenALink_WhenAsked_ThenItIsNotFollowed) {
  std::ofstream(folder_ / "elsewhere") << "cus_0123456789abcdef\n";
  fs::permissions(folder_ / "elsewhere", fs::perms::owner_read);
  fs::create_symlink(folder_ / "elsewhere", path());
  const auto loaded = load_or_create_key(path());
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr("symbolic link"));
}

TEST_F(StoredKeyTest, GivenTextThatIsNoKey_WhenAsked_ThenItIsRefusedAndNotReplaced) {
  for (const std::string text :
       {"", "short\n", "two words in one line\n", "0123456789abcdef\n0123456789abcdef\n"}) {
    write_file(text);
    const auto loaded = load_or_create_key(path());
    ASSERT_FALSE(loaded) << text;
    EXPECT_THAT(loaded.error().message, HasSubstr("holds no key"));
  }
}

TEST_F(StoredKeyTest, GivenAFolderInItsPlace_WhenAsked_ThenItIsRefused) {
  fs::create_directory(path());
  EXPECT_THAT(load_or_create_key(path()).error().message, HasSubstr("not a regular file"));
}

TEST_F(StoredKeyTest, GivenAPlaceThatIsNotThere_WhenAsked_ThenTheCauseNamesIt) {
  const auto loaded = load_or_create_key((folder_ / "missing" / "key").string());
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().cause, HasSubstr("missing"));
}

}  // namespace
}  // namespace cus::auth
