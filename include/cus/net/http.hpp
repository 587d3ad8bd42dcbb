// SPDX-License-Identifier: Apache-2.0
#pragma once
// HTTP/1.1 messages and the connection that carries them (RFC 9112), for both sides and over any Stream:
// clients of /mcp, the engine's socket, and the guest. Parsing is Boost.Beast's, used synchronously, so that
// only Stream waits.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cus/net/stream.hpp"

namespace cus::net {

struct Header {
  std::string name;
  std::string value;
};

struct Headers {
  std::vector<Header> fields;
  // Case-insensitive; the first one of that name. nullopt when absent.
  std::optional<std::string_view> find(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  // Whether a comma-separated list header holds `token` (case-insensitive).
  bool has_token(std::string_view name, std::string_view token) const;
  void set(std::string name, std::string value);
};

struct RequestHead {
  std::string method;
  std::string target;  // as sent: origin-form, absolute-form or authority-form
  int version = 11;
  Headers headers;
  bool keep_alive = true;
  bool upgrade = false;
  std::optional<std::uint64_t> content_length;  // absent: no body, or chunked
  bool chunked = false;
  bool expects_continue = false;
};

struct ResponseHead {
  int status = 0;
  Headers headers;
  bool keep_alive = true;
  bool upgraded = false;  // 101
  std::optional<std::uint64_t> content_length;
};

struct HttpLimits {
  std::uint32_t head_bytes = 16 * 1024;  // request or status line and all headers; beyond: Code::too_large
  std::uint64_t body_bytes = 8U << 20U;  // applies to read_body
};

// One connection, one message at a time. After read_request or read_response the body must be read to its end
// (or the connection closed) before the next head.
class HttpConnection {
 public:
  explicit HttpConnection(StreamPtr stream, HttpLimits limits = {});
  // Bytes that were read past an earlier protocol, e.g. the guest's hello line.
  HttpConnection(StreamPtr stream, std::string already_read, HttpLimits limits = {});
  HttpConnection(HttpConnection&&) noexcept;
  HttpConnection& operator=(HttpConnection&&) noexcept;
  ~HttpConnection();

  // nullopt: the peer closed before the first byte of a message.
  Task<Result<std::optional<RequestHead>>> read_request(Deadline deadline);
  Task<Result<ResponseHead>> read_response(Deadline deadline, bool head_request = false);

  // True when a message has begun to arrive or the peer has ended, false at the deadline. Holds no read
  // buffer while it waits, so that an idle connection is small.
  Task<Result<bool>> wait_readable(Deadline deadline);
  // Whether the request line of the last read_request arrived whole: tells 414 from 431.
  bool has_request_line() const;
  // Whether the message begun by read_request or read_response was read to its end.
  bool message_done() const;

  // 0 at the end of the body.
  Task<Result<std::size_t>> read_body_some(std::span<char> into, Deadline deadline);
  // The whole body; Code::too_large beyond `limit` bytes, however they were announced.
  Task<Result<std::string>> read_body(std::uint64_t limit, Deadline deadline);

  Task<Result<>> write(std::string_view bytes, Deadline deadline);
  Stream& stream();
  // Whether unparsed bytes are waiting: a pipelined message or upgraded data.
  bool has_buffered() const;
  // Takes the unparsed bytes out, and no more is kept of the message: what follows is not HTTP.
  std::string take_buffered();
  // Leaves HTTP: the stream, with what was read too far. The connection is empty afterwards.
  std::pair<StreamPtr, std::string> release();
  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Message heads as text. Header values with CR, LF or NUL are a bug of the caller and are dropped.
std::string format_request(std::string_view method, std::string_view target, const Headers& headers);
std::string format_response(int status, const Headers& headers);
std::string_view reason_phrase(int status);

// A Stream that returns `already_read` first; what follows an upgrade.
StreamPtr make_prefixed_stream(std::string already_read, StreamPtr stream);

}  // namespace cus::net
