// SPDX-License-Identifier: Apache-2.0
#pragma once
// Sources of a machine on which everything a default needs is there, so that a test sees only what it is
// about.

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "cus/base/id.hpp"
#include "cus/config/config.hpp"

namespace cus::config::test {

// A directory with a guest program in it.
class Machine {
 public:
  Machine() : path_((std::filesystem::temp_directory_path() / ("cus-config-" + random_hex(8))).string()) {
    std::filesystem::create_directories(path_ + "/bin");
    write_program(path_ + "/bin/computer-use-guest");
  }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  ~Machine() { std::filesystem::remove_all(path_); }

  static void write_program(const std::string& path) {
    write_file(path, "");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  static void write_file(const std::string& path, std::string_view content) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
  }
  Sources sources(Values environment = {}) const {
    Sources sources;
    sources.environment = std::move(environment);
    sources.is_root = true;
    sources.program_directory = path_ + "/bin";
    return sources;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline Loaded load_with(Values environment) {
  return load(Machine().sources(std::move(environment)));
}

inline std::string keys_of(const std::vector<Finding>& findings) {
  std::string keys;
  for (const Finding& finding : findings) keys += (keys.empty() ? "" : " ") + finding.key;
  return keys;
}

}  // namespace cus::config::test
