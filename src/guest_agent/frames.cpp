// SPDX-License-Identifier: Apache-2.0
#include "frames.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "cus/base/json.hpp"
#include "cus/guest/job_json.hpp"

namespace cus::guest_agent {
namespace {

constexpr std::size_t read_bytes = 16UL * 1024;

bool known_to_guest(guest::FrameType type) {
  return type == guest::FrameType::input || type == guest::FrameType::input_end ||
         type == guest::FrameType::kill || type == guest::FrameType::done;
}

void append_header(std::string& batch, guest::FrameType type, std::size_t size) {
  const auto header = guest::encode_frame_header({.type = type, .size = static_cast<std::uint32_t>(size)});
  batch.append(header.data(), header.size());
}

void append_gap(std::string& batch, guest::Channel channel, std::uint64_t from, std::uint64_t to) {
  const char* stream = channel == guest::Channel::output ? "output" : "error";
  batch +=
      guest::encode_frame(guest::FrameType::gap, dump_json({{"from", from}, {"to", to}, {"stream", stream}}));
}

}  // namespace

std::uint64_t append_output(std::string& batch, guest::Channel channel, const OutputLog& log,
                            std::uint64_t from, std::uint64_t to) {
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(to - from, most_output_bytes));
  const std::size_t begin = batch.size();
  append_header(batch, channel == guest::Channel::output ? guest::FrameType::output : guest::FrameType::error,
                0);
  const auto offset = guest::encode_offset(from);
  batch.append(offset.data(), offset.size());
  const std::size_t data = batch.size();
  batch.resize(data + wanted);
  const OutputLog::Piece piece = log.read(from, std::span(batch).subspan(data));
  if (piece.size == 0) {
    batch.resize(begin);
    const std::uint64_t gap_to = std::clamp(piece.gap_to, from, to);
    append_gap(batch, channel, from, gap_to);
    return gap_to;
  }
  batch.resize(data + piece.size);
  const auto size = static_cast<std::uint32_t>(offset.size() + piece.size);
  const auto header =
      guest::encode_frame_header({.type = static_cast<guest::FrameType>(batch[begin]), .size = size});
  std::ranges::copy(header, batch.begin() + static_cast<std::ptrdiff_t>(begin));
  return from + piece.size;
}

void append_progress(std::string& batch, std::uint64_t total, std::string_view line) {
  batch += guest::encode_frame(guest::FrameType::progress, dump_json({{"total", total}, {"line", line}}));
}

Result<std::optional<Frame>> take_frame(std::string& buffer) {
  if (buffer.size() < guest::frame_header_bytes) return std::nullopt;
  std::array<char, guest::frame_header_bytes> bytes{};
  std::copy_n(buffer.begin(), bytes.size(), bytes.begin());
  const guest::FrameHeader header = guest::decode_frame_header(bytes);
  if (header.size > guest::max_frame_bytes) return fail(Code::protocol, "A frame is too large.");
  if (!known_to_guest(header.type)) return fail(Code::protocol, "A frame has an unknown type.");
  const std::size_t size = guest::frame_header_bytes + header.size;
  if (buffer.size() < size) return std::nullopt;
  Frame frame{.type = header.type, .payload = buffer.substr(guest::frame_header_bytes, header.size)};
  buffer.erase(0, size);
  return frame;
}

Task<Result<Frame>> FrameReader::next(Deadline deadline) {
  for (;;) {
    Result<std::optional<Frame>> frame = take_frame(buffer_);
    if (!frame) co_return std::unexpected(frame.error());
    if (*frame) co_return std::move(**frame);
    const std::size_t held = buffer_.size();
    buffer_.resize(held + read_bytes);
    const Result<std::size_t> got = co_await stream_.read_some(std::span(buffer_).subspan(held), deadline);
    buffer_.resize(held + got.value_or(0));
    if (!got) co_return std::unexpected(got.error());
    if (*got == 0) co_return fail(Code::io, "The server closed the connection.");
  }
}

}  // namespace cus::guest_agent
