// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reads one line of at most `limit` bytes, without its newline; what was read beyond it is left in `rest`.

#include <string>

#include "cus/net/stream.hpp"

namespace cus::guest {

Task<Result<std::string>> read_line(net::Stream& stream, std::size_t limit, std::string& rest,
                                    Deadline deadline);

}  // namespace cus::guest
