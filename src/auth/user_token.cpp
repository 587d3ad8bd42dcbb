// SPDX-License-Identifier: Apache-2.0
#include "cus/auth/user_token.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <nlohmann/json.hpp>

#include "cus/base/base64.hpp"
#include "cus/base/json.hpp"

namespace cus::auth {
namespace {

constexpr std::int64_t leeway_seconds = 60;
constexpr std::size_t max_depth = 8;
constexpr std::size_t max_values = 256;

struct Parts {
  std::string_view signed_text;  // head and claims with the dot between
  std::string_view head;
  std::string_view claims;
  std::string_view signature;
};

std::unexpected<Error> malformed() {
  return fail(Code::invalid_argument, "X-OpenWebUI-User-Jwt is not a JSON Web Token with HS256.");
}

std::unexpected<Error> refused(std::string message) {
  return fail(Code::unauthorized, std::move(message));
}

std::optional<Parts> split(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos || token.contains(' ')) return std::nullopt;
  return Parts{.signed_text = token.substr(0, second),
               .head = token.substr(0, first),
               .claims = token.substr(first + 1, second - first - 1),
               .signature = token.substr(second + 1)};
}

std::optional<Json> decode_object(std::string_view part) {
  const std::optional<std::string> text = decode_base64(part, Base64::url);
  if (!text) return std::nullopt;
  Result<Json> json = parse_json(*text, max_depth, max_values);
  if (!json || !json->is_object()) return std::nullopt;
  return std::move(*json);
}

// "crit" names extensions that must be understood; none is.
bool has_good_head(std::string_view part) {
  const std::optional<Json> head = decode_object(part);
  return head && get_string(*head, "alg") == "HS256" && get_member(*head, "crit") == nullptr;
}

Result<> check_times(const Json& claims, std::int64_t now) {
  const std::optional<std::int64_t> expires = get_int(claims, "exp");
  if (!expires || *expires < 0) return malformed();
  if (*expires < now - leeway_seconds) {
    return refused(
        "X-OpenWebUI-User-Jwt has expired. Send the message again; if that does not help, compare "
        "the clocks of both machines.");
  }
  for (const char* name : {"nbf", "iat"}) {
    if (get_member(claims, name) == nullptr) continue;
    const std::optional<std::int64_t> begins = get_int(claims, name);
    if (!begins) return malformed();
    if (*begins > now + leeway_seconds) {
      return refused("X-OpenWebUI-User-Jwt is not valid yet. Compare the clocks of both machines.");
    }
  }
  return {};
}

}  // namespace

bool UserTokens::is_signed(std::string_view text, std::string_view signature) const {
  const std::string& key = secret_.reveal();
  std::array<unsigned char, 32> expected{};
  unsigned int size = 0;
  const auto* made =
      ::HMAC(::EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), expected.data(), &size);
  return made != nullptr && size == expected.size() && signature.size() == expected.size() &&
         ::CRYPTO_memcmp(expected.data(), signature.data(), expected.size()) == 0;
}

Result<User> UserTokens::verify(std::string_view token, std::chrono::system_clock::time_point now) const {
  if (token.size() > max_user_token_bytes) return malformed();
  const std::optional<Parts> parts = split(token);
  if (!parts || !has_good_head(parts->head)) return malformed();
  const std::optional<std::string> signature = decode_base64(parts->signature, Base64::url);
  if (!signature) return malformed();
  if (!is_signed(parts->signed_text, *signature)) {
    return refused(
        "X-OpenWebUI-User-Jwt has a wrong signature. FORWARD_USER_INFO_HEADER_JWT_SECRET must be "
        "the same on both sides.");
  }
  const std::optional<Json> claims = decode_object(parts->claims);
  if (!claims) return malformed();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  if (const Result<> times = check_times(*claims, seconds); !times) return std::unexpected(times.error());
  User user{.id = get_string(*claims, "sub").value_or(""),
            .email = get_string(*claims, "email").value_or(""),
            .name = get_string(*claims, "name").value_or(""),
            .role = get_string(*claims, "role").value_or("")};
  if (user.id.empty()) return malformed();
  return user;
}

}  // namespace cus::auth
