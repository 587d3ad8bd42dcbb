// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/answers.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "cus/base/json.hpp"
#include "cus/base/log.hpp"
#include "cus/engine/docker.hpp"
#include "engine/docker/create_body.hpp"
#include "engine/docker/engine_error.hpp"
#include "engine/docker/engine_info.hpp"

namespace cus::engine {
namespace {

struct StateWord {
  std::string_view word;
  State state;
};

// Docker's words, then those only Podman has. What is being removed can only be waited for, like what is
// dead.
constexpr std::array state_words = {
    StateWord{"created", State::created},     StateWord{"running", State::running},
    StateWord{"paused", State::paused},       StateWord{"exited", State::stopped},
    StateWord{"restarting", State::stopped},  StateWord{"removing", State::dead},
    StateWord{"dead", State::dead},           StateWord{"configured", State::created},
    StateWord{"initialized", State::created}, StateWord{"stopping", State::running},
    StateWord{"stopped", State::stopped}};

std::optional<State> read_state(const std::optional<std::string>& word) {
  const auto* found =
      std::ranges::find_if(state_words, [&](const StateWord& one) { return word == one.word; });
  if (found == state_words.end()) return std::nullopt;
  return found->state;
}

bool is_container_id(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string label(const Json& labels, std::string_view key) {
  return printable(get_string(labels, key).value_or(""));
}

// The engine's zero time: never started.
std::string boot_of(const Json& state) {
  const std::string started = printable(get_string(state, "StartedAt").value_or(""));
  return started.starts_with("0001-01-01") ? std::string() : started;
}

std::optional<Sandbox> read_listed(const Json& item, const InstanceId& instance) {
  const Json* labels = get_member(item, "Labels");
  const Json* names = get_member(item, "Names");
  const auto state = read_state(get_string(item, "State"));
  if (labels == nullptr || names == nullptr || !names->is_array() || !state) return std::nullopt;
  if (label(*labels, label_instance) != instance.str()) return std::nullopt;
  const Result<StorageId> storage = parse_storage_id(label(*labels, label_storage));
  if (!storage) return std::nullopt;
  const std::string name = "/" + docker_container_name(*storage);
  const bool named =
      std::ranges::any_of(*names, [&](const Json& one) { return one.is_string() && one == name; });
  if (!named) return std::nullopt;
  return Sandbox{*storage, *state, {}};
}

}  // namespace

Result<Container> parse_container(std::string_view body) {
  const Result<Json> json = parse_json(body);
  if (!json) return bad_answer("inspect", json.error().message);
  const Json* state = get_member(*json, "State");
  const Json* config = get_member(*json, "Config");
  if (state == nullptr || config == nullptr) return bad_answer("inspect", "no State or Config");
  Container container;
  container.id = get_string(*json, "Id").value_or("");
  if (!is_container_id(container.id)) return bad_answer("inspect", "no container id");
  const auto known = read_state(get_string(*state, "Status"));
  if (!known) return bad_answer("inspect", "state " + printable(get_string(*state, "Status").value_or("")));
  container.state = *known;
  container.boot = boot_of(*state);
  if (const Json* labels = get_member(*config, "Labels")) {
    container.instance = label(*labels, label_instance);
    container.storage = label(*labels, label_storage);
  }
  return container;
}

Result<std::vector<Sandbox>> parse_container_list(std::string_view body, const InstanceId& instance) {
  const Result<Json> json = parse_json(body, max_json_depth, max_json_list_values);
  if (!json) return bad_answer("list", json.error().message);
  if (!json->is_array()) return bad_answer("list", "not an array");
  std::vector<Sandbox> sandboxes;
  std::size_t strange = 0;
  for (const Json& item : *json) {
    if (auto sandbox = read_listed(item, instance)) {
      sandboxes.push_back(std::move(*sandbox));
    } else {
      ++strange;
    }
  }
  if (strange > 0) log::warn("engine.strange_containers", {{"count", strange}});
  return sandboxes;
}

Result<std::vector<std::string>> parse_created(std::string_view body) {
  const Result<Json> json = parse_json(body);
  if (!json) return bad_answer("create", json.error().message);
  if (!is_container_id(get_string(*json, "Id").value_or(""))) return bad_answer("create", "no container id");
  std::vector<std::string> warnings;
  const Json* list = get_member(*json, "Warnings");
  if (list == nullptr || !list->is_array()) return warnings;
  for (const Json& warning : *list) {
    if (warning.is_string() && warnings.size() < 16)
      warnings.push_back(warning.get<std::string>().substr(0, 200));
  }
  return warnings;
}

}  // namespace cus::engine
