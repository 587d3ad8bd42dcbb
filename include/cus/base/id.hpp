// SPDX-License-Identifier: Apache-2.0
#pragma once
// Identities as types of their own, so that a chat is never passed where a storage id is meant (design D9).

#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "cus/base/error.hpp"

namespace cus {

template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_(std::move(text)) {}
  const std::string& str() const { return text_; }
  bool empty() const { return text_.empty(); }
  auto operator<=>(const Id&) const = default;

 private:
  std::string text_;
};

using TenantId = Id<struct TenantTag>;      // the name of an API key: [A-Za-z0-9_.-]{1,64}
using ChatId = Id<struct ChatTag>;          // canonical, see parse_chat_id
using StorageId = Id<struct StorageTag>;    // 128 random bits as 32 lower-case hex digits
using JobId = Id<struct JobTag>;            // 128 random bits as 32 lower-case hex digits
using InstanceId = Id<struct InstanceTag>;  // one data root; 32 lower-case hex digits

struct ChatKey {
  TenantId tenant;
  ChatId chat;
  auto operator<=>(const ChatKey&) const = default;
};

// Canonical form: trimmed of ASCII white space, ASCII lower-case, 1 to 128 bytes of valid UTF-8, without
// "..",
// '/', '\\' and control characters. Distinct canonical ids never collide anywhere.
Result<ChatId> parse_chat_id(std::string_view text);
Result<TenantId> parse_tenant_id(std::string_view text);
Result<StorageId> parse_storage_id(std::string_view text);
Result<JobId> parse_job_id(std::string_view text);

// 2 * bytes lower-case hex digits from the kernel's random source.
std::string random_hex(std::size_t bytes);
StorageId new_storage_id();
JobId new_job_id();

}  // namespace cus

template <class Tag>
struct std::hash<cus::Id<Tag>> {
  std::size_t operator()(const cus::Id<Tag>& id) const noexcept { return std::hash<std::string>{}(id.str()); }
};
