// SPDX-License-Identifier: Apache-2.0
#include "guest_agent/secret_page.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "guest_agent/memory_block.hpp"

namespace cus::guest_agent {
namespace {

TEST(SecretPageTest, GivenAFilledPage_WhenTheProcessForks_ThenTheChildFindsNothingInIt) {
  const auto page = SecretPage::make();
  ASSERT_TRUE(page.has_value());
  std::ranges::fill(page->bytes(), 's');
  const pid_t child = ::fork();
  if (child == 0) ::_exit(std::ranges::count(page->bytes(), 's') == 0 ? 0 : 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(page->bytes()[0], 's');
}

TEST(MemoryBlockTest, GivenABlock_WhenTheProcessForks_ThenTheChildDoesNotHaveIt) {
  const MemoryBlock block(8192);
  ASSERT_EQ(block.bytes().size(), 8192U);
  block.bytes()[0] = 'x';
  const pid_t child = ::fork();
  // Writing memory that is not mapped is EFAULT, without a crash.
  if (child == 0) ::_exit(::write(STDOUT_FILENO, block.bytes().data(), 1) < 0 && errno == EFAULT ? 0 : 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(MemoryBlockTest, GivenNoSize_WhenItIsMade_ThenItIsEmpty) {
  EXPECT_TRUE(MemoryBlock().empty());
  EXPECT_TRUE(MemoryBlock(0).empty());
}

}  // namespace
}  // namespace cus::guest_agent
