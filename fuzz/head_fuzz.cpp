// SPDX-License-Identifier: Apache-2.0
// Input: what a client sends on a connection: requests with their bodies, one behind the other.
#include <charconv>
#include <map>
#include <vector>

#include "fuzz/chunk_reader.hpp"
#include "fuzz/fuzz.hpp"
#include "fuzz/head_readers.hpp"
#include "fuzz/memory_stream.hpp"
#include "web/head_check.hpp"

namespace cus::fuzz {
namespace {

constexpr std::size_t most_requests = 4;
constexpr std::size_t most_target_bytes = 1024;
constexpr std::size_t most_body_bytes = 65'536;
constexpr std::size_t at_once = std::string_view::npos;
constexpr std::string_view ended = "ended between requests";

struct Exchange {
  net::RequestHead head;
  std::optional<std::string> body;  // nullopt: it was refused, too large or cut off
};

struct Conversation {
  std::vector<Exchange> accepted;
  std::string end;  // why there is no further request
};

Conversation hold(std::string_view input, std::size_t largest_piece) {
  boost::asio::io_context loop;
  net::HttpConnection http(
      std::make_unique<MemoryStream>(loop.get_executor(), std::string(input), largest_piece));
  Conversation conversation;
  while (conversation.accepted.size() < most_requests) {
    auto head = run(loop, http.read_request(no_deadline));
    if (!head || !*head) {
      conversation.end = head ? ended : code_name(head.error().code);
      return conversation;
    }
    if (const auto fault = web::check_head(**head, most_target_bytes)) {
      require(fault->status >= 400 && fault->status < 600, "a fault has a status of its own");
      conversation.end = fault->message;
      return conversation;
    }
    auto body = run(loop, http.read_body(most_body_bytes, no_deadline));
    Exchange& exchange = conversation.accepted.emplace_back(std::move(**head), std::nullopt);
    if (!body) {
      conversation.end = code_name(body.error().code);
      return conversation;
    }
    require(http.message_done(), "a body that was read is done");
    exchange.body = std::move(*body);
  }
  return conversation;
}

void check_framing(const net::RequestHead& head, std::string_view input) {
  const auto length = head.headers.find("Content-Length");
  const std::size_t codings = head.headers.count("Transfer-Encoding");
  require(!length || codings == 0, "a body has one kind of framing", input);
  require(head.headers.count("Content-Length") <= 1 && codings <= 1, "framing is said once", input);
  require(head.chunked == (codings == 1), "a body is chunked when it says so", input);
  require(head.content_length.has_value() == length.has_value(), "a length is read when it is there", input);
  require(head.headers.count("Host") == 1, "a request has one Host", input);
  require(head.version == 10 || head.version == 11, "a version is 1.0 or 1.1", input);
  if (!length) return;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(length->data(), length->data() + length->size(), number);
  require(error == std::errc() && end == length->data() + length->size(), "a length is a number", input);
  require(head.content_length == number, "a length is that number", input);
}

// The order of fields counts only among those of one name.
std::map<std::string, std::vector<std::string>> by_name(const ReadHead& head) {
  std::map<std::string, std::vector<std::string>> values;
  for (const Field& field : head.fields) values[field.name].push_back(field.value);
  return values;
}

// Returns how many bytes the head has.
std::size_t check_readers(const net::RequestHead& head, std::string_view input) {
  ReadHead ours;
  for (const net::Header& field : head.headers.fields) {
    ours.fields.push_back({web::to_lower(field.name), field.value});
  }
  const auto strict = read_strictly(input);
  require(strict && by_name(*strict) == by_name(ours), "a strict reader sees the same fields", input);
  const auto lenient = read_leniently(input);
  require(lenient && lenient->bytes == strict->bytes, "the head ends in the same place for everybody", input);
  for (const char* name : {"content-length", "transfer-encoding", "host", "authorization", "x-chat-id"}) {
    require(values_of(*lenient, name) == values_of(ours, name), "a lenient reader sees the same fields",
            input);
  }
  return strict->bytes;
}

// What is behind the request.
std::string_view check_body(const Exchange& exchange, std::string_view rest) {
  if (exchange.head.chunked) {
    const auto expected = read_chunked(rest);
    if (!exchange.body) return {};
    require(expected && expected->body == *exchange.body, "a chunked body is what the grammar says", rest);
    return rest.substr(expected->consumed);
  }
  const std::uint64_t length = exchange.head.content_length.value_or(0);
  const bool whole = length <= rest.size() && length <= most_body_bytes;
  require(exchange.body.has_value() == whole, "a body is read when all of it is there", rest);
  if (!whole) return {};
  require(*exchange.body == rest.substr(0, length), "a body is what follows the head", rest);
  return rest.substr(length);
}

bool same_head(const net::RequestHead& a, const net::RequestHead& b) {
  const auto same_field = [](const net::Header& x, const net::Header& y) {
    return x.name == y.name && x.value == y.value;
  };
  return a.method == b.method && a.target == b.target && a.version == b.version &&
         a.keep_alive == b.keep_alive && a.upgrade == b.upgrade && a.content_length == b.content_length &&
         a.chunked == b.chunked && a.expects_continue == b.expects_continue &&
         std::ranges::equal(a.headers.fields, b.headers.fields, same_field);
}

// Which of its faults a head is refused for may depend on how much of it is there.
bool same(const Conversation& a, const Conversation& b) {
  return (a.end == ended) == (b.end == ended) &&
         std::ranges::equal(a.accepted, b.accepted, [](const auto& x, const auto& y) {
           return x.body == y.body && same_head(x.head, y.head);
         });
}

}  // namespace
}  // namespace cus::fuzz

// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cus::fuzz;
  const std::string_view input = as_text(data, size);
  const Conversation conversation = hold(input, at_once);
  std::string_view rest = input;
  for (const Exchange& exchange : conversation.accepted) {
    check_framing(exchange.head, rest);
    const std::size_t head_bytes = check_readers(exchange.head, rest);
    rest = check_body(exchange, rest.substr(head_bytes));
  }
  for (const std::size_t piece : {1U, 50U}) {
    require(same(conversation, hold(input, piece)), "bytes mean the same however they arrive", input);
  }
  return 0;
}
