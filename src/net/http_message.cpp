// SPDX-License-Identifier: Apache-2.0
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/status.hpp>

#include "cus/net/http.hpp"

namespace cus::net {

namespace beast = boost::beast;

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const Header& field : fields) {
    if (beast::iequals(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  std::size_t total = 0;
  for (const Header& field : fields) {
    if (beast::iequals(field.name, name)) ++total;
  }
  return total;
}

bool Headers::has_token(std::string_view name, std::string_view token) const {
  for (const Header& field : fields) {
    if (!beast::iequals(field.name, name)) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      std::string_view item = rest.substr(0, comma);
      while (!item.empty() && (item.front() == ' ' || item.front() == '\t')) item.remove_prefix(1);
      while (!item.empty() && (item.back() == ' ' || item.back() == '\t')) item.remove_suffix(1);
      if (beast::iequals(item, token)) return true;
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return false;
}

void Headers::set(std::string name, std::string value) {
  for (Header& field : fields) {
    if (beast::iequals(field.name, name)) {
      field.value = std::move(value);
      return;
    }
  }
  fields.push_back({std::move(name), std::move(value)});
}

namespace {

void append_headers(std::string& text, const Headers& headers) {
  for (const Header& field : headers.fields) {
    if (field.value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) continue;
    text.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  text += "\r\n";
}

}  // namespace

std::string format_request(std::string_view method, std::string_view target, const Headers& headers) {
  std::string text;
  text.reserve(256);
  text.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
  append_headers(text, headers);
  return text;
}

std::string format_response(int status, const Headers& headers) {
  std::string text;
  text.reserve(256);
  text.append("HTTP/1.1 ")
      .append(std::to_string(status))
      .append(" ")
      .append(reason_phrase(status))
      .append("\r\n");
  append_headers(text, headers);
  return text;
}

std::string_view reason_phrase(int status) {
  const auto known = beast::http::int_to_status(static_cast<unsigned>(status));
  if (known == beast::http::status::unknown) return {};
  const auto text = beast::http::obsolete_reason(known);
  return {text.data(), text.size()};
}

}  // namespace cus::net
