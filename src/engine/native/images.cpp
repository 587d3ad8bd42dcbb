// SPDX-License-Identifier: Apache-2.0
#include "engine/native/images.hpp"

#include <fmt/core.h>
#include <sys/stat.h>

#include <filesystem>

namespace cus::engine {

Result<Image> find_image(const std::string& directory, const std::string& name) {
  const bool plain = !name.empty() && !name.starts_with('.') && !name.contains('/');
  std::error_code error;
  const auto path =
      plain ? std::filesystem::canonical(directory + "/" + name, error) : std::filesystem::path();
  Image image{.name = path.filename().string(), .root = path.string() + "/rootfs"};
  struct stat info{};
  if (plain && !error && ::stat((image.root + "/usr").c_str(), &info) == 0 && S_ISDIR(info.st_mode))
    return image;
  return fail(
      Code::image_missing,
      fmt::format("There is no sandbox image \"{}\". Build it: computer-use-server image build.", name),
      directory + "/" + name + (error ? ": " + error.message() : ""));
}

}  // namespace cus::engine
