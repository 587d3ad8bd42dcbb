// SPDX-License-Identifier: Apache-2.0
#pragma once
// The images of the native engine, for whoever keeps them: <directory>/<target>-<hash>, made by
// sandbox-image/build, and links <directory>/<target> to the newest. All block.

#include <cstdint>
#include <string>
#include <vector>

#include "cus/base/error.hpp"

namespace cus::engine {

struct StoredImage {
  std::string name;  // with its hash
  std::string target;
  std::string created;      // ISO 8601, UTC
  std::uint64_t bytes = 0;  // on disk
  bool newest = false;      // of its target
  bool in_use = false;      // something runs on it, of whichever server
};

Result<std::vector<StoredImage>> list_images(const std::string& directory);
// Code::conflict while something runs on it or it is its target's newest, Code::not_found when there is none.
Result<> remove_image(const std::string& directory, const std::string& name);
// Removes those of `target` that are neither the newest nor in use; returns their names.
Result<std::vector<std::string>> remove_old_images(const std::string& directory, const std::string& target);

}  // namespace cus::engine
