// SPDX-License-Identifier: Apache-2.0
#include "plan_block.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <vector>

#include "memory_file.hpp"

namespace cus::guest_agent {
namespace {

// The block: this header, the arrays one behind the other, each entry an offset that the reader makes a
// pointer and each array ended by 0, then the texts, each ended by a zero byte.
struct Header {
  std::array<std::uint64_t, 3> entries{};  // candidates, argv, env, without the ending 0
  std::uint64_t cwd = 0;
  std::uint64_t begun = 0;
};

std::size_t size_of(const PlanTexts& texts) {
  std::size_t size = sizeof(Header) + texts.cwd.size() + 1;
  for (const auto list : {texts.candidates, texts.argv, texts.env}) {
    size += (list.size() + 1) * sizeof(std::uint64_t);
    for (const std::string& text : list) size += text.size() + 1;
  }
  return size;
}

std::string compose(const PlanTexts& texts) {
  const std::array lists = {texts.candidates, texts.argv, texts.env};
  std::vector<std::uint64_t> offsets;
  Header header;
  std::size_t text_at = sizeof header;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    header.entries.at(i) = lists.at(i).size();
    text_at += (lists.at(i).size() + 1) * sizeof(std::uint64_t);
  }
  std::string strings;
  for (const auto list : lists) {
    for (const std::string& text : list) {
      offsets.push_back(text_at + strings.size());
      strings.append(text).push_back('\0');
    }
    offsets.push_back(0);
  }
  header.cwd = text_at + strings.size();
  std::string block;
  block.reserve(size_of(texts));
  block.append(reinterpret_cast<const char*>(&header), sizeof header);
  block.append(reinterpret_cast<const char*>(offsets.data()), offsets.size() * sizeof(std::uint64_t));
  return block.append(strings).append(texts.cwd).append(1, '\0');
}

}  // namespace

Result<Fd> write_plan_block(const PlanTexts& texts) {
  return make_memory_file("plan", compose(texts));
}

bool map_plan_block(int fd, Plan& plan) {
  struct stat facts{};
  if (::fstat(fd, &facts) != 0 || facts.st_size < static_cast<off_t>(sizeof(Header))) return false;
  void* memory =
      ::mmap(nullptr, static_cast<std::size_t>(facts.st_size), PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  if (memory == MAP_FAILED) return false;
  char* const base = static_cast<char*>(memory);
  const auto* const header = reinterpret_cast<const Header*>(base);
  auto* entry = reinterpret_cast<std::uint64_t*>(base + sizeof(Header));
  std::array<char**, 3> arrays{};
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    arrays.at(i) = reinterpret_cast<char**>(entry);
    for (std::uint64_t left = header->entries.at(i); left > 0; --left, ++entry) {
      *entry += reinterpret_cast<std::uintptr_t>(base);
    }
    ++entry;
  }
  plan = {.cwd = base + header->cwd, .candidates = arrays[0], .argv = arrays[1], .envp = arrays[2]};
  return true;
}

bool note_begun(int fd) {
  const std::uint64_t begun = 1;
  return ::pwrite(fd, &begun, sizeof begun, offsetof(Header, begun)) == sizeof begun;
}

bool is_begun(int fd) {
  std::uint64_t begun = 0;
  return ::pread(fd, &begun, sizeof begun, offsetof(Header, begun)) != sizeof begun || begun != 0;
}

}  // namespace cus::guest_agent
