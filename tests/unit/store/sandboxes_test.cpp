// SPDX-License-Identifier: Apache-2.0
#include "temp_store.hpp"

namespace cus::store::test {
namespace {

class Sandboxes : public StoreTest {
 protected:
  static SandboxRow row(const StorageId& storage) {
    return {.storage = storage,
            .image = "computer-use-sandbox:latest",
            .spec_hash = "abc",
            .token = random_hex(32),
            .created = at(1'700'000'000)};
  }
};

void expect_same(const SandboxRow& actual, const SandboxRow& expected) {
  EXPECT_EQ(actual.storage, expected.storage);
  EXPECT_EQ(actual.image, expected.image);
  EXPECT_EQ(actual.spec_hash, expected.spec_hash);
  EXPECT_EQ(actual.token, expected.token);
  EXPECT_EQ(actual.created, expected.created);
}

TEST_F(Sandboxes, GivenAPutSandbox_WhenTheServerRestarts_ThenItsTokenAndTimesAreStillThere) {
  const SandboxRow put = row(new_storage_id());
  value(store().put_sandbox(put));
  const auto rows = value(reopened().sandboxes());
  ASSERT_EQ(rows.size(), 1U);
  expect_same(rows[0], put);
}

TEST_F(Sandboxes, GivenAnExistingRow_WhenPutAgain_ThenItIsReplaced) {
  const StorageId storage = new_storage_id();
  value(store().put_sandbox(row(storage)));
  SandboxRow anew = row(storage);
  anew.image = "other:1";
  anew.spec_hash = "def";
  anew.created = at(1'800'000'000, 1);
  value(store().put_sandbox(anew));
  const auto rows = value(store().sandboxes());
  ASSERT_EQ(rows.size(), 1U);
  expect_same(rows[0], anew);
}

TEST_F(Sandboxes, GivenAWarmSandboxWithoutAChat_WhenPut_ThenItIsKept) {
  value(store().put_sandbox(row(new_storage_id())));
  EXPECT_TRUE(value(store().chats()).empty());
  EXPECT_EQ(value(reopened().sandboxes()).size(), 1U);
}

TEST_F(Sandboxes, GivenAChatIsRemoved_WhenItsSandboxStillExists_ThenItsRowStaysUntilRemovedItself) {
  const ChatRow chat = add("default", "a");
  value(store().put_sandbox(row(chat.storage)));
  value(store().remove_chat(chat.storage));
  EXPECT_EQ(value(store().sandboxes()).size(), 1U);
  value(store().remove_sandbox(chat.storage));
  EXPECT_TRUE(value(reopened().sandboxes()).empty());
}

TEST_F(Sandboxes, GivenTwoSandboxes_WhenOneIsRemoved_ThenTheOtherStays) {
  const SandboxRow kept = row(new_storage_id());
  const SandboxRow removed = row(new_storage_id());
  value(store().put_sandbox(kept));
  value(store().put_sandbox(removed));
  value(store().remove_sandbox(removed.storage));
  value(store().remove_sandbox(removed.storage));
  const auto rows = value(store().sandboxes());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].storage, kept.storage);
}

TEST_F(Sandboxes, GivenTextWithQuotesAndNewlines_WhenPut_ThenItComesBackByteForByte) {
  SandboxRow odd = row(new_storage_id());
  odd.image = "a'b\"c\n;--";
  odd.spec_hash = "";
  value(store().put_sandbox(odd));
  expect_same(value(reopened().sandboxes()).at(0), odd);
}

TEST_F(Sandboxes, GivenAStorageIdOfAnotherLength_WhenPut_ThenTheStoreRefusesIt) {
  const auto refused = run(store().put_sandbox(row(StorageId("short"))));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
}

}  // namespace
}  // namespace cus::store::test
