// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a tool's result, a prompt or a resource consists of, as values; how it looks on the wire is the
// protocol's matter. Bytes are raw, text is valid UTF-8.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace cus::tools {

struct Text {
  std::string text;
};

struct Image {
  std::string bytes;
  std::string mime_type;
};

struct Audio {
  std::string bytes;
  std::string mime_type;
};

// A resource's contents: text as it is, other bytes as a blob.
struct Embedded {
  std::string uri;
  std::string mime_type;
  std::string bytes;
  bool is_text = true;
};

struct Link {
  std::string uri;
  std::string name;
  std::string title{};        // empty: none
  std::string description{};  // empty: none
  std::string mime_type{};    // empty: not known
  std::optional<std::uint64_t> size{};
};

using Content = std::variant<Text, Image, Audio, Embedded, Link>;

}  // namespace cus::tools
