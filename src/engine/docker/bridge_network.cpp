// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/bridge_network.hpp"

#include <nlohmann/json.hpp>

#include "cus/base/json.hpp"
#include "engine/docker/api_client.hpp"
#include "engine/docker/create_body.hpp"

namespace cus::engine {
namespace {

constexpr std::string_view icc = "com.docker.network.bridge.enable_icc";

bool is_ours(std::string_view body) {
  const Result<Json> network = parse_json(body);
  if (!network || get_string(*network, "Driver") != "bridge") return false;
  const Json* options = get_member(*network, "Options");
  const Json* labels = get_member(*network, "Labels");
  return options != nullptr && labels != nullptr && get_string(*options, icc) == "false" &&
         get_string(*labels, label_schema) == schema_version;
}

std::string create_body() {
  return dump_json({{"Name", bridge_network_name},
                    {"Driver", "bridge"},
                    {"CheckDuplicate", true},
                    {"Options", {{icc, "false"}}},
                    {"Labels", {{label_schema, schema_version}}}});
}

}  // namespace

Task<Result<>> ensure_bridge_network(ApiClient& api, std::chrono::milliseconds time) {
  const std::string path = "/networks/" + std::string(bridge_network_name);
  // Twice: another server may make it in between.
  for (int round = 0; round < 2; ++round) {
    const Result<Answer> found = co_await api.call(get(path, time));
    if (!found) co_return std::unexpected(found.error());
    if (found->status == 200 && is_ours(found->body)) co_return Result<>{};
    if (found->status == 200) {
      co_return fail(
          Code::conflict,
          "The container engine has a network \"cus-bridge\" that is not this server's. Remove it.");
    }
    if (found->status != 404) co_return engine_error("network inspect", *found);
    Call make = post("/networks/create", time, create_body());
    make.reuse = Reuse::never;
    const Result<Answer> made = co_await api.call(std::move(make));
    if (!made) co_return std::unexpected(made.error());
    if (made->status == 201) co_return Result<>{};
    if (made->status != 409) co_return engine_error("network create", *made);
  }
  co_return fail(Code::conflict, "The network \"cus-bridge\" cannot be made.");
}

}  // namespace cus::engine
