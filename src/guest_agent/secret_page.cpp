// SPDX-License-Identifier: Apache-2.0
#include "secret_page.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <utility>

namespace cus::guest_agent {

Result<SecretPage> SecretPage::make() {
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return std::unexpected(from_errno(errno, "mmap"));
  SecretPage page(static_cast<char*>(memory));
  const bool hidden =
      ::madvise(memory, size, MADV_WIPEONFORK) == 0 || ::madvise(memory, size, MADV_DONTFORK) == 0;
  if (!hidden) return std::unexpected(from_errno(errno, "madvise"));
  ::madvise(memory, size, MADV_DONTDUMP);
  return page;
}

SecretPage::SecretPage(SecretPage&& other) noexcept : memory_(std::exchange(other.memory_, nullptr)) {}

SecretPage::~SecretPage() {
  if (memory_ != nullptr) ::munmap(memory_, size);
}

}  // namespace cus::guest_agent
