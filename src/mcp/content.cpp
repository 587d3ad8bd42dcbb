// SPDX-License-Identifier: Apache-2.0
#include "content.hpp"

#include <nlohmann/json.hpp>

#include "cus/base/base64.hpp"

namespace cus::mcp {
namespace {

struct Writer {
  Json operator()(const tools::Text& block) const { return {{"type", "text"}, {"text", block.text}}; }
  Json operator()(const tools::Image& block) const {
    return {{"type", "image"}, {"data", encode_base64(block.bytes)}, {"mimeType", block.mime_type}};
  }
  Json operator()(const tools::Audio& block) const {
    return {{"type", "audio"}, {"data", encode_base64(block.bytes)}, {"mimeType", block.mime_type}};
  }
  Json operator()(const tools::Embedded& block) const {
    return {{"type", "resource"}, {"resource", contents_json(block)}};
  }
  Json operator()(const tools::Link& block) const {
    Json json = {{"type", "resource_link"}, {"uri", block.uri}, {"name", block.name}};
    if (!block.title.empty()) json["title"] = block.title;
    if (!block.description.empty()) json["description"] = block.description;
    if (!block.mime_type.empty()) json["mimeType"] = block.mime_type;
    if (block.size) json["size"] = *block.size;
    return json;
  }
};

}  // namespace

Json content_json(const tools::Content& content) {
  return std::visit(Writer{}, content);
}

Json contents_json(const tools::Embedded& contents) {
  Json json = {{"uri", contents.uri}};
  if (!contents.mime_type.empty()) json["mimeType"] = contents.mime_type;
  json[contents.is_text ? "text" : "blob"] =
      contents.is_text ? contents.bytes : encode_base64(contents.bytes);
  return json;
}

}  // namespace cus::mcp
