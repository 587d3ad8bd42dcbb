// SPDX-License-Identifier: Apache-2.0
#include "cus/net/status.hpp"

namespace cus::net {

int status_of(Code code) {
  switch (code) {
    case Code::invalid_argument:
    case Code::protocol:
      return 400;
    case Code::unauthorized:
      return 401;
    case Code::forbidden:
      return 403;
    case Code::not_found:
      return 404;
    case Code::timed_out:
      return 408;
    case Code::conflict:
      return 409;
    case Code::too_large:
      return 413;
    case Code::unsupported:
      return 415;
    case Code::too_many:
      return 429;
    case Code::cancelled:
    case Code::interrupted:
    case Code::unavailable:
    case Code::engine_unavailable:
      return 503;
    case Code::engine_refused:
    case Code::image_missing:
      return 502;
    case Code::storage_full:
      return 507;
    case Code::io:
    case Code::internal:
      break;
  }
  return 500;
}

}  // namespace cus::net
