// SPDX-License-Identifier: Apache-2.0
#pragma once
// Root file systems for the native engine: <images>/<name>-<hash>/rootfs, and <images>/<name> a link to the
// newest.

#include <string>

#include "cus/base/error.hpp"

namespace cus::engine {

struct Image {
  std::string name;  // with its hash
  std::string root;
};

// By its name or by its name with a hash. Blocks. Code::image_missing with what to do.
Result<Image> find_image(const std::string& directory, const std::string& name);

}  // namespace cus::engine
