// SPDX-License-Identifier: Apache-2.0
#include "hello.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cus/base/json.hpp"
#include "cus/guest/protocol.hpp"

namespace cus::guest {
namespace {

bool is_hex(std::string_view text, std::size_t size) {
  return text.size() == size &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

Result<Hello> parse_hello(std::string_view line) {
  const Result<Json> parsed = parse_json(line, 4);
  if (!parsed) return std::unexpected(parsed.error());
  const Json* range = get_member(*parsed, "cus");
  if (range == nullptr) return fail(Code::protocol, "The hello names no protocol version.");
  const auto least = get_int(*range, "min");
  const auto most = get_int(*range, "max");
  if (!least || !most || *least > *most)
    return fail(Code::protocol, "The hello's version range is not valid.");
  if (*most < oldest_protocol_version || *least > protocol_version) {
    return fail(Code::unsupported, "The guest speaks another version of the protocol.");
  }
  Hello hello;
  hello.version = static_cast<int>(std::min<std::int64_t>(*most, protocol_version));
  hello.kind = get_string(*parsed, "kind").value_or("");
  hello.boot = get_string(*parsed, "boot").value_or("");
  hello.build = get_string(*parsed, "build").value_or("").substr(0, 64);
  hello.token = get_string(*parsed, "token");
  hello.via = get_string(*parsed, "via").value_or("");
  if (hello.kind != kind_control && hello.kind != kind_work && hello.kind != kind_egress) {
    return fail(Code::protocol, "The hello's kind is not known.");
  }
  if (hello.kind == kind_egress && hello.via != "http" && hello.via != "socks") {
    return fail(Code::protocol, "The hello does not say which proxy port was used.");
  }
  if (!is_hex(hello.boot, 32)) return fail(Code::protocol, "The hello's boot id is not valid.");
  if (hello.token && !is_hex(*hello.token, 2 * token_bytes))
    return fail(Code::protocol, "The token is not valid.");
  return hello;
}

std::string accept_line(int version, const std::optional<std::string>& token) {
  Json answer = {{"ok", true}, {"version", version}};
  if (token) answer["token"] = *token;
  return dump_json(answer) + "\n";
}

std::string refuse_line(std::string_view why) {
  return dump_json(Json{{"ok", false}, {"why", std::string(why)}}) + "\n";
}

bool same_token(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0U : 1U;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  }
  return difference == 0;
}

}  // namespace cus::guest
