// SPDX-License-Identifier: Apache-2.0
#pragma once
// A WebSocket (RFC 6455) that a route's handler was given by Exchange::upgrade. Pings are answered, limits
// and the peer's mistakes are dealt with inside: every failure of read() or write() is the end of the
// WebSocket, and later calls return it again. One read and any number of writes may be pending. Tasks of it
// must have ended before the handler returns; they do not obey cancellation, so join them with && and not
// with ||.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cus/base/clock.hpp"
#include "cus/base/error.hpp"
#include "cus/base/task.hpp"

namespace cus::web {

struct WebSocketOptions {
  // Of these the first that the client offers is chosen; without one in common none is.
  std::vector<std::string> protocols = {};
  std::uint64_t message_bytes = 8U << 20U;  // and of a frame, which is refused from its header
  std::size_t pieces = 32'768;              // a message may come in so many fragments
  unsigned control_frames = 100;            // so many pings and pongs a second
  // While read() waits, a silent peer is pinged after half of this and given up after all of it.
  Clock::duration idle = std::chrono::seconds(60);
  Clock::duration close_wait = std::chrono::seconds(3);  // for the peer's side of a close
};

class WebSocket {
 public:
  enum class Kind : std::uint8_t { text, binary };
  struct Message {
    Kind kind = Kind::binary;
    std::string data;  // text is valid UTF-8
  };
  struct CloseReason {
    std::uint16_t code = 0;  // 0: none was sent
    std::string text;
  };
  // The codes a server has use for (RFC 6455 7.4.1).
  static constexpr std::uint16_t normal = 1000;
  static constexpr std::uint16_t going_away = 1001;
  static constexpr std::uint16_t policy = 1008;
  static constexpr std::uint16_t internal_error = 1011;
  static constexpr std::uint16_t try_again_later = 1013;

  WebSocket() = default;
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;
  virtual ~WebSocket() = default;

  // What was chosen of WebSocketOptions::protocols, or nothing.
  virtual const std::string& protocol() const = 0;
  // The next message. Code::cancelled: the peer has closed; timed_out: at the deadline, which closes with
  // 1001, or by a silent peer; unavailable: the server stops; protocol, too_large, too_many: what the peer
  // did wrong, it was told by the close code.
  virtual Task<Result<Message>> read(Deadline deadline) = 0;
  // One message; `data` must stay until the task ends. A peer that has not taken it by the deadline is cut
  // off: Code::timed_out. Text that is not UTF-8 is refused without harm: Code::invalid_argument.
  virtual Task<Result<>> write(std::string_view data, Kind kind, Deadline deadline) = 0;
  // Closes and waits for the peer's side of it, at most until the deadline. After any end it does nothing. A
  // code that must not be sent becomes 1000; a reason is cut at 123 bytes.
  virtual Task<> close(std::uint16_t code, std::string_view reason, Deadline deadline) = 0;
  // How the peer closed, after read() has returned Code::cancelled.
  virtual const CloseReason& peer_close() const = 0;
};

using WebSocketPtr = std::shared_ptr<WebSocket>;

}  // namespace cus::web
