// SPDX-License-Identifier: Apache-2.0
#include "chunk_decoder.hpp"

#include <algorithm>

namespace cus::net {
namespace {

constexpr std::size_t max_line_bytes = 4 * 1024;
constexpr std::size_t max_trailer_bytes = 16 * 1024;
constexpr std::uint64_t max_chunk_bytes = std::uint64_t{1} << 59U;  // one more digit still fits 64 bits

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

}  // namespace

ChunkDecoder::Step ChunkDecoder::decode(std::string_view input, std::span<char> output) {
  Step step;
  while (step.consumed < input.size() && state_ != State::done && state_ != State::malformed) {
    if (state_ != State::data) {
      take(input[step.consumed++]);
      continue;
    }
    const auto room = std::min<std::uint64_t>(left_, output.size() - step.produced);
    const std::size_t size = std::min<std::size_t>(input.size() - step.consumed, room);
    if (size == 0) break;
    std::copy_n(input.data() + step.consumed, size, output.data() + step.produced);
    step.consumed += size;
    step.produced += size;
    left_ -= size;
    if (left_ == 0) state_ = State::data_cr;
  }
  return step;
}

void ChunkDecoder::take(char c) {
  const auto expect = [c](char wanted, State next) { return c == wanted ? next : State::malformed; };
  switch (state_) {
    case State::size_begin:
      left_ = 0;
      overhead_ = 0;
      state_ = hex_value(c) < 0 ? State::malformed : after_digit(c);
      break;
    case State::size:
      state_ = hex_value(c) < 0 ? after_size(c) : after_digit(c);
      break;
    case State::extension:
      state_ = c == '\r'       ? State::size_lf
               : is_control(c) ? State::malformed
                               : bounded(state_, max_line_bytes);
      break;
    case State::size_lf:
      overhead_ = 0;
      state_ = expect('\n', left_ > 0 ? State::data : State::line_begin);
      break;
    case State::data_cr:
      state_ = expect('\r', State::data_lf);
      break;
    case State::data_lf:
      state_ = expect('\n', State::size_begin);
      break;
    case State::line_begin:
      if (c == '\r') {
        state_ = State::end_lf;
        break;
      }
      [[fallthrough]];
    case State::line:
      if (c == '\r') {
        state_ = State::line_lf;
      } else {
        state_ = is_control(c) ? State::malformed : bounded(State::line, max_trailer_bytes);
      }
      break;
    case State::line_lf:
      state_ = expect('\n', State::line_begin);
      break;
    case State::end_lf:
      state_ = expect('\n', State::done);
      break;
    case State::data:
    case State::done:
    case State::malformed:
      break;
  }
}

ChunkDecoder::State ChunkDecoder::after_digit(char c) {
  if (left_ >= max_chunk_bytes) return State::malformed;
  left_ = left_ * 16 + static_cast<std::uint64_t>(hex_value(c));
  return bounded(State::size, max_line_bytes);
}

ChunkDecoder::State ChunkDecoder::after_size(char c) {
  if (c == '\r') return State::size_lf;
  return c == ';' || c == ' ' || c == '\t' ? State::extension : State::malformed;
}

ChunkDecoder::State ChunkDecoder::bounded(State next, std::size_t limit) {
  return ++overhead_ > limit ? State::malformed : next;
}

}  // namespace cus::net
