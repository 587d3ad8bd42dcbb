// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "config/value_type.hpp"

namespace cus::config {
namespace {

constexpr std::size_t longest_socket_path = 107;

// One spelling for each path: no doubled slash, none at the end.
std::string normal(std::string_view path) {
  std::string text;
  for (const char c : path) {
    if (c != '/' || !text.ends_with('/')) text += c;
  }
  if (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

bool is_regular_program(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

bool is_directory(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

ValueType path_that(std::string Config::* field, std::string accepts, bool (*holds)(const std::string&)) {
  return {std::move(accepts), [=](std::string_view text, Config& config) {
            if (!is_clean_path(text)) return false;
            std::string path = normal(text);
            if (!holds(path)) return false;
            config.*field = std::move(path);
            return true;
          }};
}

}  // namespace

bool is_clean_path(std::string_view path) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (!path.starts_with('/') || path.size() > 4095 || std::ranges::any_of(path, is_control)) return false;
  return !(std::string(path) + "/").contains("/../");
}

ValueType absolute_path(std::string Config::* field) {
  return path_that(field, "an absolute path other than /, without ..",
                   [](const std::string& path) { return path != "/"; });
}

ValueType directory(std::string Config::* field) {
  return path_that(field, "the absolute path of a directory that exists", is_directory);
}

ValueType program(std::string Config::* field) {
  return path_that(field, "the absolute path of a program that exists and may be run", is_regular_program);
}

ValueType unix_socket(std::string Config::* field) {
  return {"the absolute path of a unix socket, at most 107 bytes, with or without unix:// before it",
          [=](std::string_view text, Config& config) {
            if (text.starts_with("unix://")) text.remove_prefix(7);
            if (!is_clean_path(text) || text == "/" || text.size() > longest_socket_path) return false;
            config.*field = normal(text);
            return true;
          }};
}

ValueType base_url(std::string Config::* field) {
  return {
      "a URL such as https://computer.example.org, without a query",
      [=](std::string_view text, Config& config) {
        const std::string lower = lower_case(text);
        const std::size_t scheme = lower.starts_with("http://") ? 7 : lower.starts_with("https://") ? 8 : 0;
        const auto allowed = [](char c) { return c > ' ' && c < 0x7f && c != '?' && c != '#'; };
        while (text.size() > scheme && text.ends_with('/')) text.remove_suffix(1);
        if (scheme == 0 || text.size() == scheme || !std::ranges::all_of(text, allowed)) return false;
        config.*field = std::string(text);
        return true;
      }};
}

}  // namespace cus::config
