// SPDX-License-Identifier: Apache-2.0
#pragma once
// Content blocks and resource contents as the protocol writes them.

#include "cus/base/json.hpp"
#include "cus/tools/content.hpp"

namespace cus::mcp {

Json content_json(const tools::Content& content);
// One entry of `contents` of resources/read.
Json contents_json(const tools::Embedded& contents);

}  // namespace cus::mcp
