// SPDX-License-Identifier: Apache-2.0
#include "egress/hop_headers.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace cus::egress {
namespace {

constexpr std::array<std::string_view, 7> hop_by_hop = {
    "connection", "keep-alive", "te", "trailer", "upgrade", "transfer-encoding", "content-length"};

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return result;
}

void add_tokens(std::unordered_set<std::string>& names, std::string_view list) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view token = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (token.starts_with(' ') || token.starts_with('\t')) token.remove_prefix(1);
    while (token.ends_with(' ') || token.ends_with('\t')) token.remove_suffix(1);
    if (!token.empty()) names.insert(lower(token));
  }
}

void add_upgrade(net::Headers& headers, const net::Headers& from) {
  headers.fields.push_back({"Connection", "Upgrade"});
  headers.fields.push_back({"Upgrade", std::string(from.find("Upgrade").value_or(""))});
}

void add_framing(net::Headers& headers, Framing framing, std::optional<std::uint64_t> length) {
  if (framing == Framing::chunked) headers.fields.push_back({"Transfer-Encoding", "chunked"});
  if (framing == Framing::length) headers.fields.push_back({"Content-Length", std::to_string(*length)});
}

bool never_has_body(const net::RequestHead& request, int status) {
  return request.method == "HEAD" || status < 200 || status == 204 || status == 304;
}

}  // namespace

net::Headers end_to_end(const net::Headers& headers) {
  std::unordered_set<std::string> dropped;
  for (const std::string_view name : hop_by_hop) dropped.emplace(name);
  for (const net::Header& field : headers.fields) {
    if (lower(field.name) == "connection") add_tokens(dropped, field.value);
  }
  net::Headers kept;
  for (const net::Header& field : headers.fields) {
    const std::string name = lower(field.name);
    if (!name.starts_with("proxy-") && !dropped.contains(name)) kept.fields.push_back(field);
  }
  return kept;
}

bool wants_upgrade(const net::RequestHead& head) {
  return head.version == 11 && request_framing(head) == Framing::none && head.headers.count("Upgrade") == 1 &&
         head.headers.has_token("Connection", "upgrade");
}

Framing request_framing(const net::RequestHead& head) {
  if (head.chunked) return Framing::chunked;
  if (head.content_length.value_or(0) > 0) return Framing::length;
  return Framing::none;
}

std::string request_text(const net::RequestHead& head, const AbsoluteTarget& target) {
  net::Headers headers;
  // The target decides, whatever Host the client sent (RFC 9112, 3.2.2).
  headers.fields.push_back({"Host", authority(target.to, 80)});
  for (net::Header& field : end_to_end(head.headers).fields) {
    if (lower(field.name) != "host") headers.fields.push_back(std::move(field));
  }
  Framing framing = request_framing(head);
  // "Content-Length: 0" says something of a POST.
  if (framing == Framing::none && head.content_length) framing = Framing::length;
  add_framing(headers, framing, head.content_length);
  if (wants_upgrade(head)) {
    add_upgrade(headers, head.headers);
  } else {
    headers.fields.push_back({"Connection", "close"});
  }
  const std::string_view root = head.method == "OPTIONS" ? "*" : "/";
  return net::format_request(head.method, target.path.empty() ? root : target.path, headers);
}

Framing answer_framing(const net::RequestHead& request, const net::ResponseHead& answer) {
  if (never_has_body(request, answer.status)) return Framing::none;
  if (answer.content_length) return Framing::length;
  return request.version == 11 ? Framing::chunked : Framing::until_close;
}

std::string answer_text(const net::RequestHead& request, const net::ResponseHead& answer, bool keep) {
  net::Headers headers = end_to_end(answer.headers);
  Framing framing = answer_framing(request, answer);
  // The length that a HEAD or a 304 talks about is that of the body it does not have.
  const bool talks = request.method == "HEAD" || answer.status == 304;
  if (framing == Framing::none && talks && answer.content_length) framing = Framing::length;
  add_framing(headers, framing, answer.content_length);
  if (!keep) headers.fields.push_back({"Connection", "close"});
  if (keep && request.version == 10) headers.fields.push_back({"Connection", "keep-alive"});
  return net::format_response(answer.status, headers);
}

std::string interim_text(const net::ResponseHead& answer) {
  net::Headers headers = end_to_end(answer.headers);
  if (answer.upgraded) add_upgrade(headers, answer.headers);
  return net::format_response(answer.status, headers);
}

}  // namespace cus::egress
