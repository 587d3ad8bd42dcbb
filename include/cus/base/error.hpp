// SPDX-License-Identifier: Apache-2.0
#pragma once
// Expected failures are values. `message` is written for the person or model who asked and says what to do;
// `cause` is for the log only (paths, errno, what the engine said) and is never sent to a client.

#include <expected>
#include <string>
#include <string_view>

namespace cus {

enum class Code {
  invalid_argument,
  unauthorized,
  forbidden,
  not_found,
  conflict,
  too_large,
  too_many,
  unsupported,
  timed_out,
  cancelled,
  interrupted,         // the work was running and is gone; it may have had effects
  unavailable,         // try again later
  engine_unavailable,  // the container engine does not answer
  engine_refused,      // the engine answered with an error of its own
  image_missing,
  storage_full,
  protocol,  // a peer said something it must not
  io,
  internal,
};

// The stable name used in logs, metrics and error bodies, e.g. "engine_unavailable".
std::string_view code_name(Code code);

struct Error {
  Code code = Code::internal;
  std::string message;
  std::string cause;
};

template <class T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Code code, std::string message, std::string cause = {}) {
  return std::unexpected<Error>(Error{code, std::move(message), std::move(cause)});
}

// Wraps errno: `what` names the operation; the text of `err` goes into the cause. ENOSPC and EDQUOT become
// storage_full.
Error from_errno(int err, std::string_view what);

}  // namespace cus
