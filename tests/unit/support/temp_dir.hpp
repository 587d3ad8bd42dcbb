// SPDX-License-Identifier: Apache-2.0
#pragma once
// A directory of the test's own under /tmp, short enough for sockets, removed with everything in it.

#include <stdlib.h>

#include <filesystem>
#include <stdexcept>
#include <string>

namespace cus::test {

class TempDir {
 public:
  TempDir() {
    if (::mkdtemp(name_.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = name_;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string name_ = "/tmp/cus-test-XXXXXX";
  std::string path_;
};

}  // namespace cus::test
