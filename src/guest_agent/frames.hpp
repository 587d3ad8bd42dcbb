// SPDX-License-Identifier: Apache-2.0
#pragma once
// Frames of an attached job: composing the guest's, reading the server's.

#include <string>
#include <string_view>

#include "cus/guest/job.hpp"
#include "cus/guest/protocol.hpp"
#include "cus/net/stream.hpp"
#include "output_log.hpp"

namespace cus::guest_agent {

inline constexpr std::size_t most_output_bytes = guest::max_frame_bytes - sizeof(std::uint64_t);

// Appends one output frame, or a gap frame, for what lies at `from`; returns the offset after it.
std::uint64_t append_output(std::string& batch, guest::Channel channel, const OutputLog& log,
                            std::uint64_t from, std::uint64_t to);
void append_progress(std::string& batch, std::uint64_t total, std::string_view line);

struct Frame {
  guest::FrameType type{};
  std::string payload;
};

// Cuts what a stream delivers into frames. An oversized or unknown frame is Code::protocol.
class FrameReader {
 public:
  FrameReader(net::Stream& stream, std::string already_read)
      : stream_(stream), buffer_(std::move(already_read)) {}
  Task<Result<Frame>> next(Deadline deadline);
  // Bytes after the last frame.
  std::string take_rest() { return std::move(buffer_); }

 private:
  net::Stream& stream_;
  std::string buffer_;
};

// Takes a whole frame from the front of `buffer`; nullopt when more bytes are needed.
Result<std::optional<Frame>> take_frame(std::string& buffer);

}  // namespace cus::guest_agent
