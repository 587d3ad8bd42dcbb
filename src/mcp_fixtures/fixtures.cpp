// SPDX-License-Identifier: Apache-2.0
#include "cus/mcp_fixtures/fixtures.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "samples.hpp"
#include "tools.hpp"

namespace cus::mcp_fixtures {
namespace {

constexpr std::string_view template_begin = "test://template/";
constexpr std::string_view template_end = "/data";

Json described(const char* uri, const char* name, const char* mime_type) {
  return {{"uri", uri},
          {"name", name},
          {"description", std::string("The resource ") + name + "."},
          {"mimeType", mime_type}};
}

// What a URI of the template stands for; nullopt: it is none.
std::optional<std::string> template_id(std::string_view uri) {
  if (!uri.starts_with(template_begin) || !uri.ends_with(template_end)) return std::nullopt;
  if (uri.size() <= template_begin.size() + template_end.size()) return std::nullopt;
  uri.remove_prefix(template_begin.size());
  uri.remove_suffix(template_end.size());
  return std::string(uri);
}

class FixtureResources final : public mcp::Resources {
 public:
  Task<Result<mcp::Page>> list(const tools::Caller&, const std::string& cursor) override {
    if (!cursor.empty()) co_return fail(Code::invalid_argument, "This list has one page.");
    co_return mcp::Page{.items = {described("test://static-text", "static-text", "text/plain"),
                                  described("test://static-binary", "static-binary", "image/png"),
                                  described("test://watched-resource", "watched-resource", "text/plain")}};
  }

  Json templates() const override {
    return Json::array({{{"uriTemplate", "test://template/{id}/data"},
                         {"name", "template"},
                         {"description", "Data for an id."},
                         {"mimeType", "application/json"}}});
  }

  Task<Result<std::vector<tools::Embedded>>> read(const tools::Caller&, const std::string& uri) override {
    std::vector<tools::Embedded> contents;
    if (uri == "test://static-text" || uri == "test://watched-resource") {
      contents.push_back({.uri = uri,
                          .mime_type = "text/plain",
                          .bytes = "This is the content of the static text resource."});
    } else if (uri == "test://static-binary") {
      contents.push_back({.uri = uri, .mime_type = "image/png", .bytes = sample_png(), .is_text = false});
    } else if (const auto id = template_id(uri)) {
      const Json data = {{"id", *id}, {"templateTest", true}, {"data", "Data for ID: " + *id}};
      contents.push_back({.uri = uri, .mime_type = "application/json", .bytes = dump_json(data)});
    } else {
      co_return fail(Code::not_found, "There is no such resource.");
    }
    co_return contents;
  }

  bool is_public(const std::string&) const override { return true; }
};

Json argument(const char* name) {
  return {{"name", name}, {"description", std::string("The argument ") + name + "."}, {"required", true}};
}

Json listed(const char* name, Json arguments) {
  return {{"name", name},
          {"description", std::string("The prompt ") + name + "."},
          {"arguments", std::move(arguments)}};
}

mcp::Prompt from_user(std::vector<tools::Content> contents) {
  mcp::Prompt prompt{.description = "For testing.", .messages = {}};
  for (tools::Content& content : contents) {
    prompt.messages.push_back({.role = "user", .content = std::move(content)});
  }
  return prompt;
}

class FixturePrompts final : public mcp::Prompts {
 public:
  Json list() const override {
    return Json::array(
        {listed("test_simple_prompt", Json::array()),
         listed("test_prompt_with_arguments", Json::array({argument("arg1"), argument("arg2")})),
         listed("test_prompt_with_embedded_resource", Json::array({argument("resourceUri")})),
         listed("test_prompt_with_image", Json::array())});
  }

  Result<mcp::Prompt> get(const std::string& name, const Json& arguments) override {
    const auto given = [&arguments](const char* key) { return get_string(arguments, key).value_or(""); };
    if (name == "test_simple_prompt") return from_user({tools::Text{"This is a simple prompt for testing."}});
    if (name == "test_prompt_with_arguments") {
      return from_user(
          {tools::Text{"Prompt with arguments: arg1='" + given("arg1") + "', arg2='" + given("arg2") + "'"}});
    }
    if (name == "test_prompt_with_embedded_resource") {
      return from_user({tools::Embedded{.uri = given("resourceUri"),
                                        .mime_type = "text/plain",
                                        .bytes = "Embedded resource content for testing."},
                        tools::Text{"Please process the embedded resource above."}});
    }
    if (name == "test_prompt_with_image") {
      return from_user({tools::Image{.bytes = sample_png(), .mime_type = "image/png"},
                        tools::Text{"Please analyze the image above."}});
    }
    return fail(Code::not_found, "There is no such prompt.");
  }

  std::vector<std::string> complete(const Json&, const std::string&, const std::string& begun) override {
    std::vector<std::string> values = {"testValue1", "testValue2", "other"};
    std::erase_if(values, [&begun](const std::string& value) { return !value.starts_with(begun); });
    return values;
  }
};

}  // namespace

void add_fixtures(mcp::Options& options, std::vector<tools::Tool>& tools) {
  if (!options.changes) options.changes = std::make_shared<mcp::Changes>();
  options.lists_change = true;
  options.resources = std::make_shared<FixtureResources>();
  options.prompts = std::make_shared<FixturePrompts>();
  for (tools::Tool& tool : fixture_tools(options.changes)) tools.push_back(std::move(tool));
}

}  // namespace cus::mcp_fixtures
