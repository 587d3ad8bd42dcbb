// SPDX-License-Identifier: Apache-2.0
#pragma once
// A WebSocket client that sends exactly the bytes a test wants, on the server's loop.

#include <array>

#include "support.hpp"

namespace cus::web {

struct Frame {
  unsigned head = 0;  // FIN, RSV and opcode as on the wire
  std::string payload = {};
  bool operator==(const Frame&) const = default;
};

inline constexpr unsigned fin_continuation = 0x80;
inline constexpr unsigned fin_text = 0x81;
inline constexpr unsigned fin_binary = 0x82;
inline constexpr unsigned fin_close = 0x88;
inline constexpr unsigned fin_ping = 0x89;
inline constexpr unsigned fin_pong = 0x8A;

inline constexpr std::string_view upgrade_fields =
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

// Masked, as a client must; `length` overrides what is announced.
inline std::string frame(unsigned head, std::string_view payload,
                         std::optional<std::uint64_t> length = std::nullopt) {
  const std::uint64_t size = length.value_or(payload.size());
  std::string bytes(1, static_cast<char>(head));
  const unsigned width = size < 126 ? 0 : size < 65'536 ? 2 : 8;
  const std::uint64_t marker = width == 0 ? size : width == 2 ? 126 : 127;
  bytes += static_cast<char>(marker | 0x80U);
  for (unsigned i = width; i > 0; --i) bytes += static_cast<char>(size >> (8 * (i - 1)));
  constexpr std::array<unsigned, 4> mask = {0x12, 0x34, 0xA6, 0xF8};
  for (const unsigned byte : mask) bytes += static_cast<char>(byte);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    bytes += static_cast<char>(static_cast<unsigned char>(payload[i]) ^ mask[i % 4]);
  }
  return bytes;
}

inline std::string close_payload(unsigned code, std::string_view reason = {}) {
  std::string payload(1, static_cast<char>(code >> 8U));
  return (payload += static_cast<char>(code)) += reason;
}

// What a close frame says first; 0 without a code.
inline unsigned close_code(const Frame& close) {
  if (close.head != fin_close || close.payload.size() < 2) return 0;
  return static_cast<unsigned char>(close.payload[0]) * 256U + static_cast<unsigned char>(close.payload[1]);
}

class WebSocketClient {
 public:
  WebSocketClient(boost::asio::io_context& loop, std::uint16_t port) : loop_(loop), socket_(loop) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
  }

  // Takes up HTTP's side; the answer's body is not read.
  net::ResponseHead open(std::string_view request) {
    http_.emplace(net::make_stream(std::move(socket_)));
    return test::run_task(loop_, exchange(request));
  }
  void send(std::string_view bytes) {
    (void)test::run_task(loop_, stream().write(bytes, after(std::chrono::seconds(10))));
  }
  // The next frame; nullopt when the server has ended.
  std::optional<Frame> next() { return test::run_task(loop_, next_frame()); }
  // Frames until the server ends.
  std::vector<Frame> rest() {
    std::vector<Frame> frames;
    while (auto frame = next()) frames.push_back(std::move(*frame));
    return frames;
  }
  void half_close() { stream().shutdown_send(); }
  void close() { stream().close(); }
  net::Stream& stream() { return http_->stream(); }

 private:
  Task<net::ResponseHead> exchange(std::string_view request) {
    co_await http_->write(request, after(std::chrono::seconds(10)));
    const Result<net::ResponseHead> head = co_await http_->read_response(after(std::chrono::seconds(10)));
    if (!head) throw std::runtime_error("no answer: " + head.error().message);
    received_ = http_->take_buffered();
    co_return *head;
  }
  Task<bool> need(std::size_t size) {
    std::array<char, 65'536> piece;
    while (received_.size() < size) {
      const auto got = co_await stream().read_some(piece, after(std::chrono::seconds(10)));
      if (!got && got.error().code == Code::timed_out) throw std::runtime_error("the server says nothing");
      if (!got || *got == 0) co_return false;
      received_.append(piece.data(), *got);
    }
    co_return true;
  }
  unsigned byte(std::size_t at) const { return static_cast<unsigned char>(received_[at]); }
  Task<std::optional<Frame>> next_frame() {
    if (!co_await need(2)) co_return std::nullopt;
    if ((byte(1) & 0x80U) != 0) throw std::runtime_error("a server must not mask");
    std::uint64_t size = byte(1);
    const std::size_t width = size < 126 ? 0 : size == 126 ? 2 : 8;
    if (!co_await need(2 + width)) co_return std::nullopt;
    if (width > 0) size = 0;
    for (std::size_t i = 0; i < width; ++i) size = size * 256 + byte(2 + i);
    if (!co_await need(2 + width + size)) co_return std::nullopt;
    Frame found{.head = byte(0), .payload = received_.substr(2 + width, size)};
    received_.erase(0, 2 + width + size);
    co_return found;
  }

  boost::asio::io_context& loop_;
  boost::asio::ip::tcp::socket socket_;
  std::optional<net::HttpConnection> http_;
  std::string received_;
};

}  // namespace cus::web
