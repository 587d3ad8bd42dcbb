// SPDX-License-Identifier: Apache-2.0
// Input: the values of MCP-Protocol-Version, Mcp-Method, Mcp-Name and Mcp-Param-Count, a line each and "-"
// for none; then the body of the request.
#include "mcp/header_mirror.hpp"

#include <charconv>

#include "cus/base/base64.hpp"
#include "cus/base/utf8.hpp"
#include "fuzz/fuzz.hpp"

namespace cus::fuzz {
namespace {

constexpr std::string_view count_header = "count";

std::optional<std::string_view> take_header(std::string_view& rest) {
  const std::string_view value = take_line(rest);
  return value == "-" ? std::nullopt : std::optional(value);
}

std::string encoded(std::string_view text) {
  return "=?base64?" + encode_base64(text) + "?=";
}

bool is_plain(std::string_view text) {
  for (const char c : text) {
    if (c < 0x20 || c > 0x7e) return false;
  }
  return true;
}

std::string_view without_blanks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

// What a header stands for, as any client may write it.
void check_decoding(std::string_view value) {
  const auto decoded = mcp::decode_header(value);
  require(mcp::decode_header(" \t" + std::string(value) + "\t ") == decoded,
          "space around a value does not count", value);
  if (utf8::valid(value)) {
    require(mcp::decode_header(encoded(value)) == value, "what was encoded comes back", value);
  }
  if (!decoded) return;
  require(utf8::valid(*decoded), "a header stands for UTF-8", *decoded);
  const std::string_view bare = without_blanks(value);
  const bool is_encoded =
      bare.size() >= encoded("").size() && bare.starts_with("=?base64?") && bare.ends_with("?=");
  require((is_encoded ? encoded(*decoded) : *decoded) == bare, "a text has one encoding", value);
}

void check_refusal(const mcp::RpcError& error) {
  require(error.code == mcp::rpc::header_mismatch && error.status == 400, "a mismatch is 400 and -32020");
  require(!error.message.empty() && error.message.size() < 200 && is_plain(error.message),
          "a refusal is one line", error.message);
}

std::string_view repeated_name(const std::string& method) {
  if (method == "tools/call" || method == "prompts/get") return "name";
  return method == "resources/read" ? "uri" : "";
}

void check_standard(const mcp::Head& head, const std::string& version, const std::string& method,
                    const Json& params) {
  const std::string_view source = repeated_name(method);
  const auto name = source.empty() ? std::nullopt : get_string(params, source);
  const auto error = mcp::check_standard_headers(head, version, method, params);
  if (error) {
    check_refusal(*error);
  } else {
    require(head.version && without_blanks(*head.version) == version, "the versions are the same", version);
    require(head.method && without_blanks(*head.method) == method, "the methods are the same", method);
    const auto sent = head.name ? mcp::decode_header(*head.name) : std::nullopt;
    if (!source.empty()) require(sent == name, "the names are the same", name.value_or("-"));
  }

  // A client that repeats the body is never refused, however it writes the name.
  if (!is_plain(version) || !is_plain(method) || version.contains(' ') || method.contains(' ')) return;
  const std::string written = name ? encoded(*name) : std::string();
  mcp::Head faithful{.version = version, .method = method};
  if (name) faithful.name = written;
  require(!mcp::check_standard_headers(faithful, version, method, params),
          "what repeats the body is accepted", method);
}

std::optional<std::int64_t> as_integer(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

void check_param(const mcp::Head& head, const Json& arguments) {
  const std::vector<mcp::ParamHeader> declared = {{.name = std::string(count_header), .path = {"count"}}};
  const auto error = mcp::check_param_headers(head, declared, arguments);
  if (error) {
    check_refusal(*error);
    return;
  }
  const Json* value = get_member(arguments, "count");
  const bool given = value != nullptr && !value->is_null();
  require(given == !head.params.empty(), "a header is there when its argument is");
  if (!given) return;
  const auto sent = mcp::decode_header(head.params.front().second);
  require(sent.has_value(), "what is accepted can be read");
  if (value->is_string())
    require(*sent == value->get_ref<const std::string&>(), "the texts are the same", *sent);
  if (value->is_boolean()) require(*sent == dump_json(*value), "the truth values are the same", *sent);
  require(value->is_primitive(), "an argument that is mirrored is no list or object", *sent);
  // Beyond them a JSON number has no one meaning: many programs read it as a double.
  constexpr std::int64_t largest = (std::int64_t{1} << 53U) - 1;
  const auto number = as_integer(*sent);
  const auto expected = get_int(arguments, "count");
  if (number && expected && *expected >= -largest && *expected <= largest)
    require(*number == *expected, "the integers are the same", *sent);
}

}  // namespace
}  // namespace cus::fuzz

// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cus::fuzz;
  std::string_view rest = as_text(data, size);
  cus::mcp::Head head;
  head.version = take_header(rest);
  head.method = take_header(rest);
  head.name = take_header(rest);
  const auto param = take_header(rest);
  if (param) head.params.emplace_back("Count", *param);
  for (const auto& value : {head.version, head.name, param}) check_decoding(value.value_or(""));
  const auto body = cus::parse_json(rest);
  if (!body) return 0;
  const cus::Json* params = cus::get_member(*body, "params");
  const cus::Json none;
  if (params == nullptr) params = &none;
  const cus::Json* meta = cus::get_member(*params, "_meta");
  const std::string version =
      meta == nullptr ? std::string()
                      : cus::get_string(*meta, "io.modelcontextprotocol/protocolVersion").value_or("");
  check_standard(head, version, cus::get_string(*body, "method").value_or(""), *params);
  const cus::Json* arguments = cus::get_member(*params, "arguments");
  check_param(head, arguments == nullptr ? none : *arguments);
  return 0;
}
