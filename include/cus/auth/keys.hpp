// SPDX-License-Identifier: Apache-2.0
#pragma once
// API keys and the tenants they stand for (design D9). Keys are kept as digests under a random secret of this
// process; a look-up compares with all of them in constant time. An empty ring is loopback mode: every caller
// is tenant `default` and counts as holding a key.

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cus/base/id.hpp"

namespace cus::auth {

inline constexpr std::size_t min_key_length = 16;

enum class Reach { loopback, network };

struct KeySettings {
  std::string single = {};        // MCP_API_KEY: the key of tenant `default`; empty: not set
  std::string named = {};         // MCP_API_KEYS: name:key,name:key; empty: not set
  Reach reach = Reach::loopback;  // on the network a short key is refused
};

class KeyRing {
 public:
  using Digest = std::array<unsigned char, 32>;

  KeyRing();
  // Every problem at once, each with the variable's name and what to write; never a part of a key.
  static std::expected<KeyRing, std::vector<std::string>> parse(const KeySettings& settings);

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  std::optional<TenantId> find(std::string_view key) const;

 private:
  struct Entry {
    TenantId tenant;
    Digest digest;
  };
  Digest digest(std::string_view key) const;

  std::array<unsigned char, 32> secret_{};
  std::vector<Entry> entries_;
};

// The tenant of MCP_API_KEY, and of everybody in loopback mode.
TenantId default_tenant();

// The key in the file at `path`, or a new random one stored there (mode 0600, never half written). Refused: a
// file that others may read, a link, text that is no key.
struct StoredKey {
  std::string key;
  bool created = false;  // print it now: it is not shown again
};
Result<StoredKey> load_or_create_key(const std::string& path);

}  // namespace cus::auth
