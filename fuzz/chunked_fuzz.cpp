// SPDX-License-Identifier: Apache-2.0
// Input: what follows a request head with `Transfer-Encoding: chunked`.
#include "fuzz/chunk_reader.hpp"
#include "fuzz/fuzz.hpp"
#include "net/chunk_decoder.hpp"

namespace cus::fuzz {
namespace {

struct Outcome {
  std::string body;
  std::size_t consumed = 0;
  bool done = false;
  bool malformed = false;
  bool operator==(const Outcome&) const = default;
};

constexpr std::size_t at_once = std::string_view::npos;

// In pieces of at most `piece` bytes, into a buffer of at most `room`.
Outcome decode(std::string_view input, std::size_t piece, std::size_t room) {
  Choices choices(input);
  net::ChunkDecoder decoder;
  Outcome outcome;
  std::string output(room, '\0');
  while (!input.empty() && !decoder.done() && !decoder.malformed()) {
    const std::string_view now = input.substr(0, piece == at_once ? at_once : choices.up_to(piece));
    const auto step = decoder.decode(now, {output.data(), choices.up_to(room)});
    require(step.consumed <= now.size() && step.produced <= room, "a step stays within its buffers");
    require(step.consumed > 0, "a step with input and room goes on");
    outcome.body.append(output, 0, step.produced);
    outcome.consumed += step.consumed;
    input.remove_prefix(step.consumed);
  }
  outcome.done = decoder.done();
  outcome.malformed = decoder.malformed();
  return outcome;
}

void check_splits(std::string_view input, const Outcome& whole) {
  require(whole.body.size() <= whole.consumed && whole.consumed <= input.size(),
          "a body is part of its input");
  require(!(whole.done && whole.malformed), "a body is not both sound and malformed");
  for (const std::size_t piece : {1U, 3U, 64U}) {
    require(decode(input, piece, 7) == whole, "a body decodes the same however it is cut", input);
  }
}

void check_against_grammar(std::string_view input, const Outcome& whole) {
  constexpr std::size_t below_every_limit = 4096;
  const auto expected = read_chunked(input);
  if (input.size() <= below_every_limit) {
    require(whole.done == expected.has_value(), "a body ends where the grammar says", input);
  }
  if (!whole.done) return;
  require(expected.has_value(), "what the grammar refuses is not accepted", input);
  require(whole.body == expected->body && whole.consumed == expected->consumed, "the grammar's body", input);
}

// The input itself as a body, in chunks of any size.
void check_round_trip(std::string_view input) {
  constexpr std::string_view digits = "0123456789abcdef";
  Choices choices(input);
  std::string text;
  for (std::string_view rest = input; !rest.empty();) {
    const std::string_view chunk = rest.substr(0, choices.up_to(40));
    text.append(1, digits[chunk.size() >> 4U]).append(1, digits[chunk.size() & 15U]);
    text.append("\r\n").append(chunk).append("\r\n");
    rest.remove_prefix(chunk.size());
  }
  text += "0\r\n\r\n";
  const Outcome outcome = decode(text + "GET /", at_once, 64);
  require(outcome.done && outcome.body == input, "a body that was chunked comes back", input);
  require(outcome.consumed == text.size(), "what follows a body is left alone", input);
}

}  // namespace
}  // namespace cus::fuzz

// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cus::fuzz;
  const std::string_view input = as_text(data, size);
  const Outcome whole = decode(input, at_once, input.size() + 1);
  check_splits(input, whole);
  check_against_grammar(input, whole);
  check_round_trip(input);
  return 0;
}
