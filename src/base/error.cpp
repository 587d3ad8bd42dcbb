// SPDX-License-Identifier: Apache-2.0
#include "cus/base/error.hpp"

#include <array>
#include <cerrno>
#include <system_error>

namespace cus {

std::string_view code_name(Code code) {
  constexpr std::array<std::string_view, 19> names = {"invalid_argument",
                                                      "unauthorized",
                                                      "forbidden",
                                                      "not_found",
                                                      "conflict",
                                                      "too_large",
                                                      "too_many",
                                                      "unsupported",
                                                      "timed_out",
                                                      "cancelled",
                                                      "interrupted",
                                                      "unavailable",
                                                      "engine_unavailable",
                                                      "engine_refused",
                                                      "image_missing",
                                                      "storage_full",
                                                      "protocol",
                                                      "io",
                                                      "internal"};
  static_assert(names.size() == static_cast<std::size_t>(Code::internal) + 1);
  return names.at(static_cast<std::size_t>(code));
}

Error from_errno(int err, std::string_view what) {
  const bool full = err == ENOSPC || err == EDQUOT;
  return Error{full ? Code::storage_full : Code::io,
               full ? "The disk is full. Free some space and try again." : std::string(what) + " failed.",
               std::string(what) + ": " + std::generic_category().message(err)};
}

}  // namespace cus
