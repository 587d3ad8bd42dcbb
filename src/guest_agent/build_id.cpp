// SPDX-License-Identifier: Apache-2.0
#include "build_id.hpp"

#include <elf.h>
#include <link.h>

#include <cstring>
#include <span>
#include <string_view>

namespace cus::guest_agent {
namespace {

constexpr std::size_t shown_bytes = 8;

std::size_t padded(std::size_t size) {
  return (size + 3) & ~std::size_t{3};
}

// The hash in a segment of notes as hex, empty when it is not there.
std::string find_hash(std::span<const unsigned char> notes) {
  constexpr std::string_view digits = "0123456789abcdef";
  while (notes.size() > sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) note;
    std::memcpy(&note, notes.data(), sizeof note);
    const std::size_t begin = sizeof note + padded(note.n_namesz);
    const std::size_t size = begin + padded(note.n_descsz);
    if (size > notes.size()) break;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_descsz >= shown_bytes) {
      std::string hex;
      for (const unsigned char byte : notes.subspan(begin, shown_bytes)) {
        hex += digits[byte >> 4U];
        hex += digits[byte & 15U];
      }
      return hex;
    }
    notes = notes.subspan(size);
  }
  return {};
}

int look_in_program(dl_phdr_info* info, std::size_t, void* into) {
  const std::span<const ElfW(Phdr)> headers(info->dlpi_phdr, info->dlpi_phnum);
  for (const ElfW(Phdr) & header : headers) {
    if (header.p_type != PT_NOTE) continue;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the loader gives addresses as numbers
    const auto* memory = reinterpret_cast<const unsigned char*>(info->dlpi_addr + header.p_vaddr);
    std::string hash = find_hash({memory, header.p_memsz});
    if (!hash.empty()) *static_cast<std::string*>(into) = std::move(hash);
  }
  return 1;  // the program itself comes first; libraries are of no interest
}

}  // namespace

std::string build_id() {
  std::string hash;
  ::dl_iterate_phdr(look_in_program, &hash);
  return std::string(CUS_VERSION "-") + (hash.empty() ? "unknown" : hash);
}

}  // namespace cus::guest_agent
