// SPDX-License-Identifier: Apache-2.0
#include "cus/auth/keys.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>

#include "key_text.hpp"

namespace cus::auth {
namespace {

struct NamedKey {
  std::string variable;
  std::string name;
  std::string key;
};

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

void split_named(std::string_view list, std::vector<NamedKey>& keys, std::vector<std::string>& problems) {
  std::size_t position = 0;
  for (;;) {
    ++position;
    const std::size_t comma = list.find(',');
    const std::string_view item = trim(list.substr(0, comma));
    const std::size_t colon = item.find(':');
    if (colon == std::string_view::npos) {
      problems.push_back("MCP_API_KEYS: entry " + std::to_string(position) + " must be written name:key.");
    } else {
      keys.push_back(
          {"MCP_API_KEYS", std::string(trim(item.substr(0, colon))), std::string(item.substr(colon + 1))});
    }
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

void check_one(const NamedKey& entry, Reach reach, std::vector<std::string>& problems) {
  const bool good_name = parse_tenant_id(entry.name).has_value();
  const std::string where = entry.variable == "MCP_API_KEY"
                                ? entry.variable
                                : entry.variable + (good_name ? " (" + entry.name + ")" : std::string());
  if (!good_name) {
    problems.push_back(where + ": a name has 1 to 64 characters of A-Z a-z 0-9 _ . -");
  }
  if (entry.key.empty()) {
    problems.push_back(where + ": the key is empty; write a random one, e.g. from: openssl rand -hex 24");
  } else if (!is_key_text(entry.key)) {
    problems.push_back(where + ": a key has at most 512 visible ASCII characters, no space and no comma.");
  } else if (reach == Reach::network && entry.key.size() < min_key_length) {
    problems.push_back(where + ": the key is too short for a server on the network; use at least " +
                       std::to_string(min_key_length) + " characters, e.g. from: openssl rand -hex 24");
  }
}

void check_pairs(const std::vector<NamedKey>& keys, std::vector<std::string>& problems) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (keys[i].name == keys[j].name) {
        problems.push_back(keys[i].variable + ": the name \"" + keys[i].name +
                           "\" has two keys; one name has one key (MCP_API_KEY is the key of \"default\").");
      } else if (keys[i].key == keys[j].key && !keys[i].key.empty()) {
        problems.push_back(keys[i].variable + ": \"" + keys[j].name + "\" and \"" + keys[i].name +
                           "\" have the same key; give each its own.");
      }
    }
  }
}

}  // namespace

KeyRing::KeyRing() {
  if (RAND_bytes(secret_.data(), static_cast<int>(secret_.size())) != 1) {
    throw std::runtime_error("no random bytes for the key ring");
  }
}

std::expected<KeyRing, std::vector<std::string>> KeyRing::parse(const KeySettings& settings) {
  std::vector<NamedKey> keys;
  std::vector<std::string> problems;
  if (!settings.single.empty()) keys.push_back({"MCP_API_KEY", "default", settings.single});
  if (!settings.named.empty()) split_named(settings.named, keys, problems);
  for (const NamedKey& entry : keys) check_one(entry, settings.reach, problems);
  check_pairs(keys, problems);
  if (!problems.empty()) return std::unexpected(std::move(problems));

  KeyRing ring;
  for (const NamedKey& entry : keys) ring.entries_.push_back({TenantId(entry.name), ring.digest(entry.key)});
  return ring;
}

// No early end: the time does not tell which key came close, nor how close.
std::optional<TenantId> KeyRing::find(std::string_view key) const {
  const Digest presented = digest(key);
  const Entry* found = nullptr;
  for (const Entry& entry : entries_) {
    if (CRYPTO_memcmp(entry.digest.data(), presented.data(), presented.size()) == 0) found = &entry;
  }
  if (found == nullptr) return std::nullopt;
  return found->tenant;
}

KeyRing::Digest KeyRing::digest(std::string_view key) const {
  Digest result{};
  unsigned int size = 0;
  const unsigned char* made =
      HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
           reinterpret_cast<const unsigned char*>(key.data()), key.size(), result.data(), &size);
  if (made == nullptr || size != result.size()) throw std::runtime_error("HMAC-SHA-256 failed");
  return result;
}

TenantId default_tenant() {
  return TenantId("default");
}

}  // namespace cus::auth
