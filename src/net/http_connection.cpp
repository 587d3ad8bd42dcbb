// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <charconv>
#include <variant>

#include "chunk_decoder.hpp"
#include "cus/net/http.hpp"

namespace cus::net {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;
using RequestParser = http::request_parser<http::buffer_body>;
using ResponseParser = http::response_parser<http::buffer_body>;

constexpr std::size_t read_chunk = std::size_t{16} * 1024;

std::unexpected<Error> parse_error(const error_code& error) {
  if (error == http::error::header_limit) return fail(Code::too_large, "The request head is too large.");
  if (error == http::error::partial_message || error == http::error::end_of_stream) {
    return fail(Code::io, "The peer closed the connection in the middle of a message.");
  }
  return fail(Code::protocol, "This is not a valid HTTP/1.1 message.", error.message());
}

template <class Message>
Headers copy_headers(const Message& message) {
  Headers headers;
  for (const auto& field : message) {
    headers.fields.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  return headers;
}

// The parser would join folded lines; a front server may see two headers there. The first `known` bytes were
// looked at before, without the end of the head among them: a head that trickles in is not read over and
// over.
bool has_folded_line(std::string_view raw, std::size_t known) {
  if (raw.starts_with("\r\n")) return false;
  raw.remove_prefix(known < 3 ? 0 : known - 3);
  const std::string_view head = raw.substr(0, raw.find("\r\n\r\n"));
  return head.contains("\r\n ") || head.contains("\r\n\t");
}

}  // namespace

struct HttpConnection::Impl {
  Impl(StreamPtr s, std::string_view already_read, HttpLimits l) : stream(std::move(s)), limits(l) {
    const auto space = buffer.prepare(already_read.size());
    std::ranges::copy(already_read, static_cast<char*>(space.data()));
    buffer.commit(already_read.size());
  }

  StreamPtr stream;
  HttpLimits limits;
  boost::beast::flat_buffer buffer;
  std::variant<std::monostate, RequestParser, ResponseParser> parser;
  std::optional<ChunkDecoder> chunks;  // decodes the body of the current message when it is chunked

  // Reads more bytes; false when the peer has ended.
  Task<Result<bool>> fill(Deadline deadline) {
    const auto space = buffer.prepare(read_chunk);
    const Result<std::size_t> got =
        co_await stream->read_some({static_cast<char*>(space.data()), space.size()}, deadline);
    if (!got) co_return std::unexpected(got.error());
    buffer.commit(*got);
    co_return *got != 0;
  }

  std::string_view unread() const { return {static_cast<const char*>(buffer.data().data()), buffer.size()}; }

  // False when the peer ended before the first byte. The parser takes header by header and limits only the
  // part it was given last, so the whole is counted here.
  template <class Parser>
  Task<Result<bool>> read_head(Parser& p, Deadline deadline) {
    constexpr bool is_request = std::is_same_v<Parser, RequestParser>;
    std::size_t taken = 0;
    std::size_t known = 0;  // unread bytes that were looked at before
    chunks.reset();
    for (;;) {
      if (buffer.size() > 0) {
        if (is_request && has_folded_line(unread(), known)) {
          co_return fail(Code::protocol, "A header must not be folded over several lines.");
        }
        error_code error;
        const std::size_t used = p.put(buffer.data(), error);
        buffer.consume(used);
        taken += used;
        known = buffer.size();
        if (error && error != http::error::need_more) co_return parse_error(error);
        const std::size_t seen = p.is_header_done() ? taken : taken + buffer.size();
        if (seen > limits.head_bytes) co_return parse_error(http::error::header_limit);
        if (p.is_header_done()) {
          if (p.chunked() && !p.is_done()) chunks.emplace();
          co_return true;
        }
      }
      const Result<bool> more = co_await fill(deadline);
      if (!more) co_return std::unexpected(more.error());
      if (*more) continue;
      if (!p.got_some() && buffer.size() == 0) co_return false;
      co_return fail(Code::io, "The peer closed the connection in the middle of a message.");
    }
  }

  template <class Parser>
  Task<Result<std::size_t>> read_body_some(Parser& p, std::span<char> into, Deadline deadline) {
    auto& body = p.get().body();
    while (!p.is_done()) {
      body.data = into.data();
      body.size = into.size();
      error_code error;
      if (buffer.size() > 0) {
        buffer.consume(p.put(buffer.data(), error));
        if (error && error != http::error::need_more && error != http::error::need_buffer) {
          co_return parse_error(error);
        }
      }
      const std::size_t got = into.size() - body.size;
      if (got > 0) co_return got;
      if (p.is_done()) break;
      const Result<bool> more = co_await fill(deadline);
      if (!more) co_return std::unexpected(more.error());
      if (*more) continue;
      p.put_eof(error);
      if (error) co_return parse_error(error);
      if (!p.is_done()) co_return fail(Code::io, "The peer closed the connection in the middle of a body.");
    }
    co_return 0U;
  }

  Task<Result<std::size_t>> read_chunked(std::span<char> into, Deadline deadline) {
    while (!chunks->done()) {
      const auto data = buffer.data();
      const auto step = chunks->decode({static_cast<const char*>(data.data()), data.size()}, into);
      buffer.consume(step.consumed);
      if (step.produced > 0) co_return step.produced;
      if (chunks->malformed()) co_return fail(Code::protocol, "The chunked body is malformed.");
      if (chunks->done()) break;
      const Result<bool> more = co_await fill(deadline);
      if (!more) co_return std::unexpected(more.error());
      if (!*more) co_return fail(Code::io, "The peer closed the connection in the middle of a body.");
    }
    co_return 0U;
  }
};

HttpConnection::HttpConnection(StreamPtr stream, HttpLimits limits)
    : HttpConnection(std::move(stream), std::string(), limits) {}
// NOLINTNEXTLINE(performance-unnecessary-value-param): callers give their bytes away
HttpConnection::HttpConnection(StreamPtr stream, std::string already_read, HttpLimits limits)
    : impl_(std::make_unique<Impl>(std::move(stream), already_read, limits)) {}
HttpConnection::HttpConnection(HttpConnection&&) noexcept = default;
HttpConnection& HttpConnection::operator=(HttpConnection&&) noexcept = default;
HttpConnection::~HttpConnection() = default;

Task<Result<std::optional<RequestHead>>> HttpConnection::read_request(Deadline deadline) {
  auto& parser = impl_->parser.emplace<RequestParser>();
  parser.header_limit(impl_->limits.head_bytes);
  parser.body_limit(boost::none);  // read_body counts what it reads
  const Result<bool> begun = co_await impl_->read_head(parser, deadline);
  if (!begun) co_return std::unexpected(begun.error());
  if (!*begun) co_return std::nullopt;
  const auto& message = parser.get();
  RequestHead head;
  head.method = std::string(message.method_string());
  head.target = std::string(message.target());
  head.version = static_cast<int>(message.version());
  head.headers = copy_headers(message);
  head.keep_alive = parser.keep_alive();
  head.upgrade = parser.upgrade();
  head.chunked = parser.chunked();
  if (const auto length = parser.content_length()) head.content_length = *length;
  head.expects_continue = head.headers.has_token("Expect", "100-continue");
  // Any other coding would leave it unclear where the body ends, and so where the next request begins.
  const std::size_t codings = head.headers.count("Transfer-Encoding");
  const bool only_chunked =
      codings == 1 && head.version == 11 &&
      boost::beast::iequals(head.headers.find("Transfer-Encoding").value_or(""), "chunked");
  if (codings > 0 && !only_chunked)
    co_return fail(Code::protocol, "This Transfer-Encoding is not supported.");
  co_return head;
}

Task<Result<ResponseHead>> HttpConnection::read_response(Deadline deadline, bool head_request) {
  auto& parser = impl_->parser.emplace<ResponseParser>();
  parser.header_limit(impl_->limits.head_bytes);
  parser.body_limit(boost::none);
  parser.skip(head_request);
  const Result<bool> begun = co_await impl_->read_head(parser, deadline);
  if (!begun) co_return std::unexpected(begun.error());
  if (!*begun) co_return fail(Code::io, "The peer closed the connection before it answered.");
  const auto& message = parser.get();
  ResponseHead head;
  head.status = static_cast<int>(message.result_int());
  head.headers = copy_headers(message);
  head.keep_alive = parser.keep_alive();
  head.upgraded = head.status == 101;
  if (const auto length = parser.content_length()) head.content_length = *length;
  co_return head;
}

Task<Result<bool>> HttpConnection::wait_readable(Deadline deadline) {
  if (has_buffered()) co_return true;
  impl_->parser.emplace<std::monostate>();
  impl_->buffer.shrink_to_fit();
  co_return co_await impl_->stream->wait_readable(deadline);
}

bool HttpConnection::has_request_line() const {
  const auto* request = std::get_if<RequestParser>(&impl_->parser);
  return request != nullptr && !request->get().target().empty();
}

bool HttpConnection::message_done() const {
  if (impl_->chunks) return impl_->chunks->done();
  if (const auto* request = std::get_if<RequestParser>(&impl_->parser)) return request->is_done();
  if (const auto* response = std::get_if<ResponseParser>(&impl_->parser)) return response->is_done();
  return true;
}

Task<Result<std::size_t>> HttpConnection::read_body_some(std::span<char> into, Deadline deadline) {
  if (impl_->chunks) co_return co_await impl_->read_chunked(into, deadline);
  if (auto* request = std::get_if<RequestParser>(&impl_->parser)) {
    co_return co_await impl_->read_body_some(*request, into, deadline);
  }
  if (auto* response = std::get_if<ResponseParser>(&impl_->parser)) {
    co_return co_await impl_->read_body_some(*response, into, deadline);
  }
  co_return 0U;
}

Task<Result<std::string>> HttpConnection::read_body(std::uint64_t limit, Deadline deadline) {
  std::string body;
  std::array<char, read_chunk> chunk;
  for (;;) {
    const Result<std::size_t> got = co_await read_body_some(chunk, deadline);
    if (!got) co_return std::unexpected(got.error());
    if (*got == 0) co_return body;
    if (body.size() + *got > limit) co_return fail(Code::too_large, "The body is too large.");
    body.append(chunk.data(), *got);
  }
}

Task<Result<>> HttpConnection::write(std::string_view bytes, Deadline deadline) {
  return impl_->stream->write(bytes, deadline);
}

Stream& HttpConnection::stream() {
  return *impl_->stream;
}

bool HttpConnection::has_buffered() const {
  return impl_->buffer.size() > 0;
}

std::string HttpConnection::take_buffered() {
  std::string rest(impl_->unread());
  impl_->parser.emplace<std::monostate>();
  impl_->buffer.clear();
  impl_->buffer.shrink_to_fit();
  return rest;
}

std::pair<StreamPtr, std::string> HttpConnection::release() {
  std::string rest = take_buffered();
  return {std::move(impl_->stream), std::move(rest)};
}

void HttpConnection::close() {
  impl_->stream->close();
}

}  // namespace cus::net
