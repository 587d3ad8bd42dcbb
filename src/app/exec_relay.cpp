// SPDX-License-Identifier: Apache-2.0
#include "exec_relay.hpp"

#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "cus/guest/job_json.hpp"
#include "cus/guest/protocol.hpp"

namespace cus::app {
namespace {

constexpr auto wake_limit = std::chrono::seconds(60);
constexpr auto call_limit = std::chrono::seconds(10);
constexpr auto write_limit = std::chrono::seconds(60);

Task<Result<guest::JobStream>> open_job(sandbox::Computer& computer, const ExecRequest& request) {
  Result<guest::JobStream> known =
      co_await computer.guest.attach(request.job, request.offset, after(call_limit));
  if (known || known.error().code != Code::not_found) co_return known;
  if (request.argv.empty()) {
    co_return fail(Code::not_found,
                   "There is no job " + request.job.str() + " in this chat's sandbox (any more).");
  }
  guest::JobSpec spec;
  spec.id = request.job;
  spec.argv = request.argv;
  spec.env = sandbox::base_environment();
  spec.keep_stdin_open = request.keep_stdin_open;
  spec.split_streams = request.split_streams;
  spec.timeout = request.timeout;
  co_return co_await computer.guest.start(spec, after(call_limit));
}

// Passes on what the client sends: input, its end, a wish to kill. Ends when the client leaves or says done.
Task<> relay_input(net::Stream& client, guest::JobStream& job) {
  std::string buffer;
  std::array<char, 16 * 1024> chunk{};
  for (;;) {
    while (buffer.size() >= guest::frame_header_bytes) {
      std::array<char, guest::frame_header_bytes> raw{};
      std::copy_n(buffer.begin(), raw.size(), raw.begin());
      const guest::FrameHeader header = guest::decode_frame_header(raw);
      if (header.size > guest::max_frame_bytes || header.type == guest::FrameType::done)
        co_return job.detach();
      if (buffer.size() < raw.size() + header.size) break;
      const std::string payload = buffer.substr(raw.size(), header.size);
      buffer.erase(0, raw.size() + header.size);
      if (header.type == guest::FrameType::input) co_await job.send_input(payload, after(write_limit));
      if (header.type == guest::FrameType::input_end) co_await job.end_input(after(call_limit));
      if (header.type == guest::FrameType::kill) co_await job.kill("cancelled", after(call_limit));
    }
    const Result<std::size_t> got = co_await client.read_some(chunk, no_deadline);
    if (!got || *got == 0) break;
    buffer.append(chunk.data(), *got);
  }
  job.detach();
}

Task<> relay_output(net::Stream& client, guest::JobStream& job, sandbox::Computers& computers,
                    StorageId storage) {
  for (;;) {
    const Result<guest::JobEvent> event = co_await job.next(no_deadline);
    if (!event) {
      guest::JobEnd lost;
      lost.error = "The connection to the sandbox was lost. Attach again with --job " + job.id().str() + ".";
      co_await client.write(guest::encode_event(lost), after(call_limit));
      break;
    }
    const Result<> sent = co_await client.write(guest::encode_event(*event), after(write_limit));
    if (!sent) break;
    if (const auto* end = std::get_if<guest::JobEnd>(&*event)) {
      computers.job_ended(storage, job.id(), *end);
      break;
    }
  }
  client.close();  // ends relay_input
}

}  // namespace

Task<Result<>> relay_exec(sandbox::Computers& computers, ExecRequest request, net::HttpConnection& client) {
  using boost::asio::experimental::awaitable_operators::operator&&;
  Result<sandbox::Computer> computer = co_await computers.acquire(request.key, after(wake_limit));
  if (!computer) co_return std::unexpected(computer.error());
  Result<guest::JobStream> job = co_await open_job(*computer, request);
  if (!job) co_return std::unexpected(job.error());
  computers.job_running(computer->storage, request.job);
  net::Headers headers;
  headers.set("Connection", "Upgrade");
  headers.set("Upgrade", std::string(guest::upgrade_job));
  const Result<> upgraded = co_await client.write(net::format_response(101, headers), after(call_limit));
  if (!upgraded) co_return Result<>{};
  auto [raw, rest] = client.release();
  const net::StreamPtr stream = net::make_prefixed_stream(std::move(rest), std::move(raw));
  co_await (relay_output(*stream, *job, computers, computer->storage) && relay_input(*stream, *job));
  co_return Result<>{};
}

}  // namespace cus::app
