// SPDX-License-Identifier: Apache-2.0
#pragma once
// The chunked transfer coding (RFC 9112 7.1), decoded from whatever bytes have arrived. Strict and bounded:
// a chunk line has at most 4 KiB, trailers are read and dropped up to 16 KiB. No I/O.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cus::net {

class ChunkDecoder {
 public:
  struct Step {
    std::size_t consumed = 0;  // of `input`
    std::size_t produced = 0;  // into `output`
  };
  // Goes on until `output` is full, `input` is used up, or the body has ended or is malformed.
  Step decode(std::string_view input, std::span<char> output);
  bool done() const { return state_ == State::done; }
  bool malformed() const { return state_ == State::malformed; }

 private:
  enum class State : std::uint8_t {
    size_begin,
    size,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    line_begin,
    line,
    line_lf,
    end_lf,
    done,
    malformed
  };
  void take(char c);
  State after_size(char c);
  State after_digit(char c);
  State bounded(State next, std::size_t limit);

  State state_ = State::size_begin;
  std::uint64_t left_ = 0;    // of the current chunk
  std::size_t overhead_ = 0;  // bytes of the current chunk line, or of all trailers
};

}  // namespace cus::net
