// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "cus/base/json.hpp"
#include "cus/engine/image_store.hpp"
#include "with_server.hpp"

namespace cus::app {
namespace {

constexpr double mebibyte = 1U << 20U;

int unusable(const Error& error) {
  print_error(error);
  return exit_unusable;
}

// The builder shows its own progress and says what is wrong; its exit code.
Result<int> run_builder(const config::Config& config, std::string target) {
  if (config.image_builder.empty()) {
    return fail(Code::not_found,
                "The program that builds images was not found: sandbox-image/build of the source tree, or "
                "../lib/computer-use/sandbox-image/build beside this program.");
  }
  std::string builder = config.image_builder;
  std::string directory = config.images_dir;
  std::string target_option = "--target";
  std::string into_option = "--into";
  const std::array<char*, 6> argv = {builder.data(),     target_option.data(), target.data(),
                                     into_option.data(), directory.data(),     nullptr};
  pid_t pid = 0;
  const int failed = ::posix_spawn(&pid, builder.c_str(), nullptr, nullptr, argv.data(), environ);
  if (failed != 0) return std::unexpected(from_errno(failed, "run " + builder));
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : exit_unusable;
}

std::string use_of(const engine::StoredImage& image) {
  if (image.in_use) return image.newest ? "in use, newest" : "in use";
  return image.newest ? "newest" : "old";
}

}  // namespace

int run_build_image(const config::Config& config, const config::BuildImage& command) {
  const Result<int> built = run_builder(config, command.target);
  if (!built) return unusable(built.error());
  if (*built != 0) return *built;
  const auto removed = engine::remove_old_images(config.images_dir, command.target);
  if (!removed) return unusable(removed.error());
  for (const std::string& name : *removed) fmt::print("removed {}, which nothing uses any more\n", name);
  return 0;
}

int run_list_images(const config::Config& config, const config::ListImages& command) {
  const auto images = engine::list_images(config.images_dir);
  if (!images) return unusable(images.error());
  Json list = Json::array();
  if (!command.json) fmt::print("{:<36} {:<21} {:>9}  {}\n", "NAME", "CREATED (UTC)", "MiB", "USE");
  for (const engine::StoredImage& image : *images) {
    list.push_back({{"name", image.name},
                    {"target", image.target},
                    {"created", image.created},
                    {"bytes", image.bytes},
                    {"newest", image.newest},
                    {"in_use", image.in_use}});
    if (command.json) continue;
    fmt::print("{:<36} {:<21} {:>9.0f}  {}\n", image.name, image.created,
               static_cast<double>(image.bytes) / mebibyte, use_of(image));
  }
  if (command.json) fmt::print("{}\n", dump_json(list));
  return 0;
}

int run_remove_image(const config::Config& config, const config::RemoveImage& command) {
  const Result<> removed = engine::remove_image(config.images_dir, command.name);
  if (!removed) {
    print_error(removed.error());
    return 1;
  }
  fmt::print("Removed {}.\n", command.name);
  return 0;
}

}  // namespace cus::app
