// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/engine_error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "cus/base/json.hpp"

namespace cus::engine {
namespace {

constexpr std::size_t max_words = 500;

struct Meaning {
  int status;  // 0: any
  std::string_view words;
  Code code;
  std::string_view message;
};

// First match wins. Podman answers 500 where Docker has a status of its own.
constexpr std::array meanings = {
    Meaning{0, "no space left on device", Code::storage_full,
            "The container engine's disk is full. Free some space and try again."},
    Meaning{0, "disk quota exceeded", Code::storage_full,
            "The container engine's disk quota is used up. Free some space and try again."},
    Meaning{0, "no such image", Code::image_missing,
            "The sandbox image is not on the container engine. Build or load it, or set DOCKER_IMAGE."},
    Meaning{0, "bind source path does not exist", Code::engine_refused,
            "The container engine does not see this server's data directory. Set USER_DATA_BASE_PATH to the "
            "path the engine sees."},
    Meaning{0, "unknown or invalid runtime name", Code::engine_refused,
            "The container engine does not have the chosen runtime."},
    Meaning{409, "", Code::conflict, "Something on the container engine is in the way."},
    Meaning{0, "already in use", Code::conflict,
            "Something on the container engine has this sandbox's name already."},
    Meaning{404, "", Code::not_found, "The container engine does not have this sandbox."},
    Meaning{0, "", Code::engine_refused, "The container engine refused. The server's log has its words."},
};

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

}  // namespace

std::string engine_words(const Answer& answer) {
  std::string words = answer.body;
  if (const Result<Json> body = parse_json(answer.body)) {
    if (const auto message = get_string(*body, "message")) words = *message;
  }
  if (words.size() > max_words) words.resize(max_words);
  return words;
}

std::unexpected<Error> engine_error(std::string_view what, const Answer& answer) {
  const std::string words = engine_words(answer);
  const std::string wanted = lower(words);
  const auto* found = std::ranges::find_if(meanings, [&](const Meaning& meaning) {
    return (meaning.status == 0 || meaning.status == answer.status) && wanted.contains(meaning.words);
  });
  return fail(found->code, std::string(found->message), fmt::format("{}: {} {}", what, answer.status, words));
}

std::unexpected<Error> bad_answer(std::string_view what, std::string_view why) {
  return fail(Code::engine_refused, "The container engine gave an answer this server does not understand.",
              fmt::format("{}: {}", what, why));
}

}  // namespace cus::engine
