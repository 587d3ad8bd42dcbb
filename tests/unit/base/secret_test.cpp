// SPDX-License-Identifier: Apache-2.0
#include "cus/base/secret.hpp"

#include <gtest/gtest.h>

#include <concepts>
#include <ostream>
#include <string_view>

namespace cus {
namespace {

template <class T>
concept printable = requires(std::ostream& out, const T& value) { out << value; };

// What does not compile cannot leak.
static_assert(!printable<Secret>);
static_assert(!std::convertible_to<Secret, std::string>);
static_assert(!std::convertible_to<Secret, std::string_view>);
static_assert(!std::convertible_to<std::string, Secret>);
static_assert(!std::equality_comparable<Secret>);

const std::string text = "long enough to lie on the heap, 0123456789";

TEST(Secret, GivenText_WhenCopiedAndMoved_ThenOnlyTheOwnersHaveIt) {
  Secret first(text);
  const Secret copy = first;
  const Secret moved = std::move(first);
  EXPECT_EQ(copy.reveal(), text);
  EXPECT_EQ(moved.reveal(), text);
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that is the point
}

TEST(Secret, GivenASecret_WhenAssigned_ThenItIsReplaced) {
  Secret secret(text);
  secret = Secret("short");
  EXPECT_EQ(secret.reveal(), "short");
  const Secret other("other");
  secret = other;
  EXPECT_EQ(secret.reveal(), "other");
  const Secret& same = secret;
  secret = same;
  EXPECT_EQ(secret.reveal(), "other");
  secret = {};
  EXPECT_TRUE(secret.empty());
}

}  // namespace
}  // namespace cus
