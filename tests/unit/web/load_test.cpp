// SPDX-License-Identifier: Apache-2.0
#include "web/load.hpp"

#include <gtest/gtest.h>

#include <list>

namespace cus::web {
namespace {

const std::optional<TenantId> alice(TenantId("alice"));
const std::optional<TenantId> bob(TenantId("bob"));

TEST(Load, GivenTheCapOfAKey_WhenReached_ThenOnlyThatKeyIsRefused) {
  Load load(10, 2);
  auto first = load.enter(alice);
  auto second = load.enter(alice);
  EXPECT_EQ(load.enter(alice).error(), Shed::key_full);
  EXPECT_TRUE(load.enter(bob));
  EXPECT_TRUE(load.enter(std::nullopt)) << "open routes have no key";
  second = {};
  EXPECT_TRUE(load.enter(alice));
  EXPECT_EQ(load.shed(Shed::key_full), 1U);
  EXPECT_EQ(load.shed(Shed::server_full), 0U);
}

TEST(Load, GivenTheCapInAll_WhenReached_ThenEverybodyIsRefusedUntilOneEnds) {
  Load load(3, 2);
  std::list<Load::Slot> slots;
  for (const auto& who : {alice, bob, std::optional<TenantId>()}) slots.push_back(*load.enter(who));
  for (const auto& who : {alice, bob, std::optional<TenantId>()}) {
    EXPECT_EQ(load.enter(who).error(), Shed::server_full);
  }
  slots.pop_front();
  EXPECT_EQ(load.in_progress(), 2U);
  EXPECT_TRUE(load.enter(bob));
  EXPECT_EQ(load.shed(Shed::server_full), 3U);
}

TEST(Load, GivenASlot_WhenMovedAndReplaced_ThenItIsCountedOnce) {
  Load load(5, 5);
  Load::Slot kept = *load.enter(alice);
  Load::Slot moved = std::move(kept);
  EXPECT_EQ(load.in_progress(), 1U);
  moved = *load.enter(alice);
  EXPECT_EQ(load.in_progress(), 1U);
  moved = {};
  EXPECT_EQ(load.in_progress(), 0U);
}

}  // namespace
}  // namespace cus::web
