// SPDX-License-Identifier: Apache-2.0
#pragma once
// Memory that no forked child ever holds: the token, and every line the token passes through, lie in such
// pages. The kernel empties (or, where it cannot, leaves out) the page in a child.

#include <cstddef>
#include <span>

#include "cus/base/error.hpp"

namespace cus::guest_agent {

class SecretPage {
 public:
  static constexpr std::size_t size = 4096;

  static Result<SecretPage> make();
  SecretPage(SecretPage&& other) noexcept;
  SecretPage& operator=(SecretPage&&) = delete;
  SecretPage(const SecretPage&) = delete;
  SecretPage& operator=(const SecretPage&) = delete;
  ~SecretPage();

  std::span<char> bytes() const { return {memory_, size}; }

 private:
  explicit SecretPage(char* memory) : memory_(memory) {}
  char* memory_;
};

}  // namespace cus::guest_agent
