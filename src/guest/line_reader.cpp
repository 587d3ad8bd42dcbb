// SPDX-License-Identifier: Apache-2.0
#include "line_reader.hpp"

#include <array>

namespace cus::guest {

Task<Result<std::string>> read_line(net::Stream& stream, std::size_t limit, std::string& rest,
                                    Deadline deadline) {
  std::array<char, 1024> chunk{};
  for (;;) {
    const std::size_t newline = rest.find('\n');
    if (newline != std::string::npos) {
      std::string line = rest.substr(0, newline);
      rest.erase(0, newline + 1);
      co_return line;
    }
    if (rest.size() >= limit) co_return fail(Code::protocol, "The line is too long.");
    const Result<std::size_t> got = co_await stream.read_some(chunk, deadline);
    if (!got) co_return std::unexpected(got.error());
    if (*got == 0) co_return fail(Code::io, "The peer closed the connection.");
    rest.append(chunk.data(), *got);
  }
}

}  // namespace cus::guest
