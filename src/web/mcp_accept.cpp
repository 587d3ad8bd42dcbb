// SPDX-License-Identifier: Apache-2.0
#include "mcp_accept.hpp"

#include <algorithm>
#include <ranges>
#include <string>

namespace cus::web {
namespace {

// Lower-case and without white space, which no media range needs.
std::string squeezed(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c != ' ' && c != '\t') result += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  }
  return result;
}

// "q=0", "q=0.", "q=0.000".
bool is_refusal(std::string_view parameters) {
  const std::size_t q = parameters.find(";q=0");
  if (q == std::string_view::npos) return false;
  const std::string_view rest = parameters.substr(q + 4, parameters.find(';', q + 1) - q - 4);
  return rest.find_first_not_of(".0") == std::string_view::npos;
}

void take_range(std::string_view range, Accepted& accepted) {
  const std::size_t parameters = std::min(range.find(';'), range.size());
  if (is_refusal(range.substr(parameters))) return;
  const std::string_view type = range.substr(0, parameters);
  if (type == "*/*" || type == "application/*" || type == "application/json") accepted.json = true;
  if (type == "text/event-stream" || type == "text/*") accepted.events = true;
}

}  // namespace

Accepted read_accept(const net::Headers& headers) {
  Accepted accepted{.json = headers.count("Accept") == 0};
  for (const net::Header& field : headers.fields) {
    if (squeezed(field.name) != "accept") continue;
    const std::string ranges = squeezed(field.value);
    if (ranges.empty()) accepted.json = true;
    for (const auto part : ranges | std::views::split(',')) {
      take_range(std::string_view(part.begin(), part.end()), accepted);
    }
  }
  return accepted;
}

bool has_json_body(const net::Headers& headers) {
  const auto coding = headers.find("Content-Encoding");
  if (coding && !coding->empty() && squeezed(*coding) != "identity") return false;
  if (headers.count("Content-Type") != 1) return false;
  const std::string type = squeezed(*headers.find("Content-Type"));
  return type.substr(0, type.find(';')) == "application/json";
}

}  // namespace cus::web
