// SPDX-License-Identifier: Apache-2.0
#include "egress/body_copy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cus::egress {
namespace {

constexpr std::size_t piece_bytes = 16U * 1024U;
constexpr std::size_t size_line_bytes = 6;  // "4000\r\n"
constexpr std::string_view last_chunk = "0\r\n\r\n";

// A piece of a body with room for the chunk coding around it, so that it is written at once.
class Piece {
 public:
  std::span<char> body() { return std::span(bytes_).subspan(size_line_bytes, piece_bytes); }
  std::string_view framed(std::size_t size, Framing framing) {
    char* begin = bytes_.data() + size_line_bytes;
    if (framing != Framing::chunked) return {begin, size};
    const std::string line = fmt::format("{:x}\r\n", size);
    std::ranges::copy(line, begin - line.size());
    std::ranges::copy(std::string_view("\r\n"), begin + size);
    return {begin - line.size(), line.size() + size + 2};
  }

 private:
  std::array<char, size_line_bytes + piece_bytes + 2> bytes_{};
};

// A quiet direction goes on while the other one moves.
Task<Result<std::size_t>> read_patiently(const Session& session, net::HttpConnection& from,
                                         std::span<char> into) {
  for (;;) {
    Result<std::size_t> got = co_await from.read_body_some(into, session.idle_deadline());
    const bool early = !got && got.error().code == Code::timed_out && Clock::now() < session.idle_deadline();
    if (!early) co_return got;
  }
}

}  // namespace

Task<Copied> copy_body(const Session& session, net::HttpConnection& from, net::HttpConnection& to,
                       Framing framing) {
  if (framing == Framing::none) co_return Copied::whole;
  Piece piece;
  for (;;) {
    const Result<std::size_t> got = co_await read_patiently(session, from, piece.body());
    if (!got) co_return Copied::source_broke;
    if (*got == 0) break;
    const Result<> sent = co_await to.write(piece.framed(*got, framing), after(session.options.idle_timeout));
    if (!sent) co_return Copied::sink_broke;
  }
  if (framing != Framing::chunked) co_return Copied::whole;
  const Result<> sent = co_await to.write(last_chunk, after(session.options.idle_timeout));
  co_return sent ? Copied::whole : Copied::sink_broke;
}

Task<> drain_body(const Session& session, net::HttpConnection& from, const bool& enough) {
  std::array<char, piece_bytes> scrap;
  while (!enough) {
    const Result<std::size_t> got = co_await read_patiently(session, from, scrap);
    if (!got || *got == 0) co_return;
  }
}

}  // namespace cus::egress
