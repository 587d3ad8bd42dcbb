// SPDX-License-Identifier: Apache-2.0
#pragma once
// The signed statement of who uses a chat client (`X-OpenWebUI-User-Jwt`): a JSON Web Token with HS256 and no
// other algorithm, whatever its head says. Pure: the caller brings the time.

#include <chrono>
#include <string>
#include <string_view>

#include "cus/base/error.hpp"
#include "cus/base/secret.hpp"

namespace cus::auth {

inline constexpr std::size_t max_user_token_bytes = 4096;

// The values are as signed; what they may contain is for who uses them to check.
struct User {
  std::string id;  // never empty
  std::string email;
  std::string name;
  std::string role;
  bool operator==(const User&) const = default;
};

class UserTokens {
 public:
  explicit UserTokens(Secret secret) : secret_(std::move(secret)) {}

  // Code::invalid_argument for what is no such token, Code::unauthorized for a wrong signature and a token of
  // another time. Clocks may differ by a minute.
  Result<User> verify(std::string_view token, std::chrono::system_clock::time_point now) const;

 private:
  bool is_signed(std::string_view text, std::string_view signature) const;

  Secret secret_;
};

}  // namespace cus::auth
