// SPDX-License-Identifier: Apache-2.0
#include "hello.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cus/base/json.hpp"
#include "cus/guest/protocol.hpp"

namespace cus::guest_agent {
namespace {

constexpr std::size_t token_digits = 2 * guest::token_bytes;

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

// The value of "token" in `line`, empty when there is none.
std::span<char> find_token(std::span<char> line) {
  const std::string_view text(line.data(), line.size());
  constexpr std::string_view name = "\"token\"";
  std::size_t at = text.find(name);
  if (at == std::string_view::npos) return {};
  at = text.find_first_not_of(" :", at + name.size());
  if (at == std::string_view::npos || text[at] != '"') return {};
  const std::size_t end = text.find('"', at + 1);
  if (end == std::string_view::npos) return {};
  return line.subspan(at + 1, end - at - 1);
}

// Appends to a fixed piece of memory.
class Composer {
 public:
  explicit Composer(std::span<char> into) : into_(into) {}
  Composer& add(std::string_view text) {
    fits_ = fits_ && text.size() <= into_.size() - used_;
    if (!fits_) return *this;
    std::ranges::copy(text, into_.begin() + static_cast<std::ptrdiff_t>(used_));
    used_ += text.size();
    return *this;
  }
  bool fits() const { return fits_; }
  std::string_view text() const { return {into_.data(), used_}; }

 private:
  std::span<char> into_;
  std::size_t used_ = 0;
  bool fits_ = true;
};

}  // namespace

Result<Token> Token::make() {
  Result<SecretPage> page = SecretPage::make();
  if (!page) return std::unexpected(page.error());
  return Token(std::move(*page));
}

std::string_view Token::hex() const {
  return known_ ? std::string_view(page_.bytes().data(), token_digits) : std::string_view();
}

void Token::set(std::string_view hex) {
  if (hex.size() != token_digits || !std::ranges::all_of(hex, is_hex)) return;
  std::ranges::copy(hex, page_.bytes().begin());
  known_ = true;
}

Result<std::string_view> compose_hello(std::span<char> into, const Identity& identity, HelloKind kind,
                                       std::string_view token) {
  static_assert(guest::oldest_protocol_version == 1 && guest::protocol_version == 1,
                "the line below offers 1");
  Composer line(into.first(std::min(into.size(), guest::max_hello_bytes)));
  line.add(R"({"cus":{"min":1,"max":1},"kind":")").add(kind.kind);
  line.add(R"(","boot":")").add(identity.boot).add(R"(","build":")").add(identity.build);
  if (!kind.via.empty()) line.add(R"(","via":")").add(kind.via);
  if (!token.empty()) line.add(R"(","token":")").add(token);
  line.add("\"}\n");
  if (!line.fits()) return fail(Code::internal, "The hello line is too long.");
  return line.text();
}

Result<> read_hello_answer(std::span<char> line, Token& token) {
  const std::span<char> hex = find_token(line);
  if (!hex.empty()) {
    token.set({hex.data(), hex.size()});
    std::ranges::fill(hex, 'x');
  }
  const Result<Json> answer = parse_json({line.data(), line.size()});
  if (!answer) return std::unexpected(answer.error());
  if (!get_bool(*answer, "ok").value_or(false)) {
    return fail(Code::unauthorized, "The server refused the connection.",
                get_string(*answer, "why").value_or(""));
  }
  const std::int64_t version = get_int(*answer, "version").value_or(0);
  if (version < guest::oldest_protocol_version || version > guest::protocol_version) {
    return fail(Code::protocol, "The server chose a version that was not offered.");
  }
  return {};
}

}  // namespace cus::guest_agent
