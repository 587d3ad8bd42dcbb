// SPDX-License-Identifier: Apache-2.0
#include "cus/base/fd.hpp"

#include <unistd.h>

namespace cus {

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void Fd::reset() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace cus
