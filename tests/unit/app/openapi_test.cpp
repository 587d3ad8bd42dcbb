// SPDX-License-Identifier: Apache-2.0
// The description of the API and the route table say the same, both ways.
#include "app/openapi.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "app/routes.hpp"
#include "cus/base/json.hpp"

namespace cus::app {
namespace {

using Names = std::set<std::string>;

Json document() {
  return parse_json(openapi_document()).value();
}

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return text;
}

// "/files/*" is written "/files/{rest}" there.
std::string as_written(const std::string& path) {
  return path.ends_with("/*") ? path.substr(0, path.size() - 1) + "{rest}" : path;
}

TEST(Openapi, GivenTheRouteTable_WhenCompared_ThenEachRouteIsDescribedAndNothingElse) {
  Names described;
  const Json api = document();
  for (const auto& [path, operations] : api["paths"].items()) {
    for (const auto& [method, operation] : operations.items()) described.insert(upper(method) + " " + path);
  }
  Names routed;
  for (const web::Route& route : described_routes())
    routed.insert(route.method + " " + as_written(route.path));
  EXPECT_EQ(described, routed);
}

TEST(Openapi, GivenARoute_WhenCompared_ThenItNeedsAKeyInBothOrInNeither) {
  const Json api = document();
  ASSERT_FALSE(api["security"].empty());
  for (const web::Route& route : described_routes()) {
    std::string method = route.method;
    for (char& c : method) c = static_cast<char>(c | 0x20);
    const Json& operation = api["paths"][as_written(route.path)][method];
    const bool open = operation.contains("security") && operation["security"].empty();
    EXPECT_EQ(open, route.auth.get() == web::Auth::open) << route.method << " " << route.path;
    EXPECT_EQ(operation["responses"].contains("401"), !open) << route.method << " " << route.path;
  }
}

void collect_references(const Json& value, Names& references) {
  if (const auto target = get_string(value, "$ref")) references.insert(*target);
  if (!value.is_structured()) return;
  for (const Json& item : value) collect_references(item, references);
}

TEST(Openapi, GivenItsReferences_WhenFollowed_ThenEachLeadsSomewhereAndNoPartIsUnused) {
  const Json api = document();
  Names references;
  collect_references(api, references);
  Names parts;
  for (const char* kind : {"parameters", "responses", "schemas"}) {
    for (const auto& [name, part] : api["components"][kind].items()) {
      parts.insert(std::string("#/components/") + kind + "/" + name);
    }
  }
  EXPECT_EQ(references, parts);
}

TEST(Openapi, GivenItsOperations_WhenRead_ThenEachHasAnIdOfItsOwnAndASummary) {
  const Json api = document();
  EXPECT_EQ(api["openapi"], "3.1.0");
  Names ids;
  for (const Json& operations : api["paths"]) {
    for (const Json& operation : operations) {
      EXPECT_TRUE(ids.insert(operation.at("operationId")).second) << operation["operationId"];
      EXPECT_FALSE(operation.at("summary").get<std::string>().empty());
      EXPECT_TRUE(operation.at("responses").is_object());
    }
  }
}

}  // namespace
}  // namespace cus::app
