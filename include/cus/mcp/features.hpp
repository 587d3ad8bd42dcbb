// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a server offers besides tools, behind interfaces: resources and prompts. Whoever implements them knows
// nothing of messages; each call gets the caller and answers for that caller alone.

#include <memory>
#include <string>
#include <vector>

#include "cus/base/json.hpp"
#include "cus/base/task.hpp"
#include "cus/tools/content.hpp"
#include "cus/tools/tool.hpp"

namespace cus::mcp {

struct Page {
  Json items;          // an array in the protocol's shape
  std::string next{};  // an opaque cursor; empty: this is the last page
};

struct PromptMessage {
  std::string role;  // "user" or "assistant"
  tools::Content content;
};

struct Prompt {
  std::string description;
  std::vector<PromptMessage> messages;
};

// Code::not_found and Code::invalid_argument are told to the client as they are; anything else as an internal
// error.
class Resources {
 public:
  Resources() = default;
  Resources(const Resources&) = delete;
  Resources& operator=(const Resources&) = delete;
  virtual ~Resources() = default;
  virtual Task<Result<Page>> list(const tools::Caller& caller, const std::string& cursor) = 0;
  virtual Json templates() const = 0;
  virtual Task<Result<std::vector<tools::Embedded>>> read(const tools::Caller& caller,
                                                          const std::string& uri) = 0;
  // Whether what is read there is the same for every caller.
  virtual bool is_public(const std::string& uri) const = 0;
};

class Prompts {
 public:
  Prompts() = default;
  Prompts(const Prompts&) = delete;
  Prompts& operator=(const Prompts&) = delete;
  virtual ~Prompts() = default;
  virtual Json list() const = 0;
  virtual Result<Prompt> get(const std::string& name, const Json& arguments) = 0;
  // At most 100 values for what `argument` of that prompt (or resource template) may become.
  virtual std::vector<std::string> complete(const Json& reference, const std::string& argument,
                                            const std::string& begun) = 0;
};

}  // namespace cus::mcp
