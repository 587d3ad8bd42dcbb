// SPDX-License-Identifier: Apache-2.0
#pragma once
// Text that must not be seen: it has no way into a log line, a message or a comparison, and its memory is
// wiped when it ends. reveal() is for the one place that uses it.

#include <cstring>
#include <string>
#include <utility>

namespace cus {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      wipe();
      text_ = other.text_;
    }
    return *this;
  }
  Secret(Secret&& other) noexcept : text_(std::exchange(other.text_, {})) {}
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe();
      text_ = std::exchange(other.text_, {});
    }
    return *this;
  }
  ~Secret() { wipe(); }

  bool empty() const { return text_.empty(); }
  const std::string& reveal() const { return text_; }

 private:
  void wipe() noexcept { ::explicit_bzero(text_.data(), text_.size()); }

  std::string text_;
};

}  // namespace cus
