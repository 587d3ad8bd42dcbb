// SPDX-License-Identifier: Apache-2.0
#include "scripted_guest.hpp"

#include <array>
#include <boost/asio/local/connect_pair.hpp>
#include <nlohmann/json.hpp>

#include "cus/base/spawn.hpp"

namespace cus::test {
namespace {

constexpr std::chrono::seconds patience{10};

Task<> play(net::StreamPtr stream, Script script) {
  GuestPeer peer = co_await GuestPeer::accept(std::move(stream));
  if (!peer.target.empty()) co_await script(peer);
}

}  // namespace

Task<GuestPeer> GuestPeer::accept(net::StreamPtr stream) {
  net::HttpConnection connection(std::move(stream));
  GuestPeer peer;
  const auto head = co_await connection.read_request(after(patience));
  if (head && *head) {
    peer.target = (*head)->method + " " + (*head)->target;
    const auto body = co_await connection.read_body(1U << 20U, after(patience));
    if (body && !body->empty()) peer.request = parse_json(*body).value_or(nullptr);
  }
  std::tie(peer.stream_, peer.buffer_) = connection.release();
  co_return peer;
}

Task<> GuestPeer::upgrade() {
  co_await stream_->write(
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: cus-job\r\n\r\n", after(patience));
}

Task<> GuestPeer::refuse(int status, std::string code) {
  const std::string body = dump_json({{"error", code}, {"message", "scripted"}});
  net::Headers headers;
  headers.set("Content-Length", std::to_string(body.size()));
  co_await stream_->write(net::format_response(status, headers) + body, after(patience));
}

Task<> GuestPeer::answer_empty() {
  co_await stream_->write("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n", after(patience));
}

Task<> GuestPeer::send(guest::FrameType type, std::string payload) {
  const auto header = guest::encode_frame_header({type, static_cast<std::uint32_t>(payload.size())});
  co_await stream_->write(std::string(header.data(), header.size()) + payload, after(patience));
}

Task<> GuestPeer::output(std::uint64_t offset, std::string bytes) {
  const auto prefix = guest::encode_offset(offset);
  co_await send(guest::FrameType::output, std::string(prefix.data(), prefix.size()) + bytes);
}

Task<> GuestPeer::progress(std::uint64_t total, std::string line) {
  co_await send(guest::FrameType::progress, dump_json({{"total", total}, {"line", line}}));
}

Task<> GuestPeer::end(Json end) {
  co_await send(guest::FrameType::end, dump_json(end));
  for (char type = 'd'; type != '\0';) {
    type = (co_await frame()).first;
    if (type == static_cast<char>(guest::FrameType::done)) co_return;
  }
}

Task<std::pair<char, std::string>> GuestPeer::frame() {
  for (;;) {
    if (buffer_.size() >= guest::frame_header_bytes) {
      std::array<char, guest::frame_header_bytes> raw{};
      std::copy_n(buffer_.begin(), raw.size(), raw.begin());
      const auto header = guest::decode_frame_header(raw);
      if (buffer_.size() >= raw.size() + header.size) {
        std::pair<char, std::string> frame{raw[0], buffer_.substr(raw.size(), header.size)};
        buffer_.erase(0, raw.size() + header.size);
        co_return frame;
      }
    }
    std::array<char, 4096> chunk{};
    const auto got = co_await stream_->read_some(chunk, after(patience));
    if (!got || *got == 0) co_return std::pair<char, std::string>{'\0', ""};
    buffer_.append(chunk.data(), *got);
  }
}

ScriptedGuest::ScriptedGuest(Executor executor, std::vector<Script> scripts)
    : executor_(std::move(executor)), scripts_(scripts.begin(), scripts.end()) {}

Task<Result<net::HttpConnection>> ScriptedGuest::take(Deadline) {
  if (scripts_.empty()) co_return fail(Code::unavailable, "No script is left.");
  using Socket = boost::asio::local::stream_protocol::socket;
  Socket ours(executor_);
  Socket theirs(executor_);
  boost::asio::local::connect_pair(ours, theirs);
  spawn(executor_, "scripted guest", play(net::make_stream(std::move(theirs)), scripts_.front()));
  scripts_.pop_front();
  co_return net::HttpConnection(net::make_stream(std::move(ours)));
}

void ScriptedGuest::give_back(net::HttpConnection) {
  ++given_back;
}

Task<Result<sandbox::Computer>> OneComputer::acquire(const ChatKey& key, Deadline) {
  asked.push_back(key);
  if (refusal) co_return std::unexpected(*refusal);
  co_return sandbox::Computer{
      .storage = new_storage_id(), .guest = guest::Guest(dialer_), .hold = nullptr, .news = news};
}

void OneComputer::job_running(const StorageId&, const JobId& job) {
  remembered.push_back(job);
}

void OneComputer::job_ended(const StorageId&, const JobId& job, const guest::JobEnd&) {
  ended.push_back(job);
}

}  // namespace cus::test
