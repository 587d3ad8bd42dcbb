// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <nlohmann/json.hpp>
#include "cus/guest/guest.hpp"
#include "cus/guest/protocol.hpp"

#include "job_codec.hpp"

namespace cus::guest {

struct JobStream::Impl {
  Impl(GuestDialer& d, JobId i, net::HttpConnection connection) : dialer(d), id(std::move(i)) {
    std::tie(stream, buffer) = connection.release();
  }

  GuestDialer& dialer;
  JobId id;
  net::StreamPtr stream;  // null once it has gone back to the dialer
  bool over = false;      // the job has ended or the connection broke
  std::string buffer;     // received, not yet decoded; begins at a frame
  std::size_t used = 0;   // bytes of buffer already decoded
  int sending = 0;        // writes under way, which a hand-back must not overtake

  // The frame at the front of the buffer, if all of it is there.
  Result<std::optional<JobEvent>> take_frame() {
    const std::size_t have = buffer.size() - used;
    if (have < frame_header_bytes) return std::nullopt;
    std::array<char, frame_header_bytes> raw{};
    std::copy_n(buffer.begin() + static_cast<std::ptrdiff_t>(used), raw.size(), raw.begin());
    const FrameHeader header = decode_frame_header(raw);
    if (header.size > max_frame_bytes + 8)
      return fail(Code::protocol, "The sandbox sent a frame that is too large.");
    if (have < frame_header_bytes + header.size) return std::nullopt;
    std::string payload = buffer.substr(used + frame_header_bytes, header.size);
    used += frame_header_bytes + header.size;
    Result<JobEvent> event = decode_event(header.type, std::move(payload));
    if (!event) return std::unexpected(event.error());
    return std::move(*event);
  }

  Task<Result<>> fill(Deadline deadline) {
    buffer.erase(0, used);
    used = 0;
    std::array<char, 16 * 1024> chunk;  // NOLINT(cppcoreguidelines-init-variables): filled by the read
    const Result<std::size_t> got = co_await stream->read_some(chunk, deadline);
    if (!got) co_return std::unexpected(got.error());
    if (*got == 0) co_return fail(Code::io, "The connection to the sandbox ended.");
    buffer.append(chunk.data(), *got);
    co_return Result<>{};
  }

  // The job has ended: the connection goes back for the next request.
  Task<> hand_back() {
    over = true;
    if (sending > 0) co_return stream->close();
    constexpr auto frame = encode_frame_header({FrameType::done, 0});
    const Result<> sent =
        co_await stream->write({frame.data(), frame.size()}, after(std::chrono::seconds(2)));
    if (sent) dialer.give_back(net::HttpConnection(std::move(stream), buffer.substr(used)));
  }

  Task<Result<>> send(FrameType type, std::string_view payload, Deadline deadline) {
    while (!over) {
      const std::string_view part = payload.substr(0, max_frame_bytes);
      const std::string frame = encode_frame(type, part);
      ++sending;
      const Result<> sent = co_await stream->write(frame, deadline);
      --sending;
      if (!sent) co_return sent;
      payload.remove_prefix(part.size());
      if (payload.empty()) co_return Result<>{};
    }
    co_return fail(Code::not_found, "The job has ended.");
  }
};

JobStream::JobStream(GuestDialer& dialer, JobId id, net::HttpConnection connection)
    : impl_(std::make_unique<Impl>(dialer, std::move(id), std::move(connection))) {}
JobStream::JobStream(JobStream&&) noexcept = default;
JobStream& JobStream::operator=(JobStream&&) noexcept = default;
JobStream::~JobStream() = default;

const JobId& JobStream::id() const {
  return impl_->id;
}

Task<Result<JobEvent>> JobStream::next(Deadline deadline) {
  while (!impl_->over) {
    Result<std::optional<JobEvent>> event = impl_->take_frame();
    if (!event) {
      impl_->over = true;
      co_return std::unexpected(event.error());
    }
    if (event->has_value()) {
      if (std::holds_alternative<JobEnd>(**event)) co_await impl_->hand_back();
      co_return std::move(**event);
    }
    const Result<> filled = co_await impl_->fill(deadline);
    if (filled) continue;
    impl_->over = filled.error().code != Code::timed_out;
    co_return std::unexpected(filled.error());
  }
  co_return fail(Code::io, "The connection to the sandbox ended.");
}

Task<Result<>> JobStream::send_input(std::string_view bytes, Deadline deadline) {
  if (bytes.empty()) co_return Result<>{};
  co_return co_await impl_->send(FrameType::input, bytes, deadline);
}

Task<Result<>> JobStream::end_input(Deadline deadline) {
  return impl_->send(FrameType::input_end, {}, deadline);
}

Task<Result<>> JobStream::kill(std::string why, Deadline deadline) {
  const std::string body = dump_json(Json{{"why", why}});
  co_return co_await impl_->send(FrameType::kill, body, deadline);
}

void JobStream::detach() {
  if (impl_->stream != nullptr) impl_->stream->close();
}

}  // namespace cus::guest
