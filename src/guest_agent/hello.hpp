// SPDX-License-Identifier: Apache-2.0
#pragma once
// The first line on every connection and its answer (docs/guest-protocol.md). Both are composed and read
// inside SecretPages, since they carry the token: it never reaches the heap, which supervisors inherit.

#include <span>
#include <string>
#include <string_view>

#include "secret_page.hpp"

namespace cus::guest_agent {

struct Identity {
  std::string boot;   // 32 hex digits, new with each start of the guest
  std::string build;  // plain ASCII without quotes
};

class Token {
 public:
  static Result<Token> make();
  // Empty before the server has given one.
  std::string_view hex() const;
  void set(std::string_view hex);

 private:
  explicit Token(SecretPage page) : page_(std::move(page)) {}
  SecretPage page_;
  bool known_ = false;
};

struct HelloKind {
  std::string_view kind;
  std::string_view via;  // egress only
};

// Writes the line, with its newline, into `into` and returns it.
Result<std::string_view> compose_hello(std::span<char> into, const Identity& identity, HelloKind kind,
                                       std::string_view token);

// Reads the server's answer (without the newline). A token is moved into `token` and blotted out of `line`
// before anything else looks at it.
Result<> read_hello_answer(std::span<char> line, Token& token);

}  // namespace cus::guest_agent
