// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/docker_engine.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "cus/base/event.hpp"
#include "cus/base/log.hpp"
#include "engine/docker/bridge_network.hpp"
#include "engine/docker/create_body.hpp"
#include "engine/docker/engine_report.hpp"
#include "engine/spec_check.hpp"

namespace cus::engine {
namespace {

constexpr std::chrono::milliseconds removal_poll{100};
constexpr std::size_t max_told = 16;

// Long calls never take all the slots: inspecting and pinging go on beside them.
std::size_t bounded_starts(const DockerOptions& options) {
  const std::size_t wanted = options.max_starts > 0
                                 ? options.max_starts
                                 : 2 * std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
  return std::clamp<std::size_t>(wanted, 1, std::max<std::size_t>(options.max_calls / 2, 1));
}

std::string path_of(const StorageId& storage, std::string_view rest) {
  return fmt::format("/containers/{}{}", docker_container_name(storage), rest);
}

std::string list_path(const InstanceId& instance) {
  const std::string filters =
      dump_json({{"label", Json::array({fmt::format("{}={}", label_instance, instance.str())})}});
  std::string encoded;
  for (const char c : filters) encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return "/containers/json?all=1&filters=" + encoded;
}

std::unexpected<Error> foreign(const StorageId& storage) {
  return fail(
      Code::conflict,
      fmt::format(
          "A container named \"{}\" exists that is not this server's; it is left alone. Rename or remove it.",
          docker_container_name(storage)));
}

}  // namespace

DockerEngine::DockerEngine(const Executor& executor, const DockerOptions& options)
    : options_(options),
      api_(executor, options),
      sources_(api_, options),
      starts_(executor, bounded_starts(options), options.max_waiting),
      ends_(executor, std::max<std::size_t>(options.max_calls / 4, 1), options.max_waiting) {}

Task<Result<Report>> DockerEngine::report() {
  const Result<EngineInfo> info = co_await api_.info();
  if (!info) co_return std::unexpected(info.error());
  const Result<Answer> host = co_await api_.call(get("/info", options_.deadlines.read));
  if (!host) co_return std::unexpected(host.error());
  if (host->status != 200) co_return engine_error("info", *host);
  co_return make_report(*info, api_.version(), host->body);
}

Task<Result<>> DockerEngine::ping() {
  return api_.ping();
}

Task<Result<>> DockerEngine::require_image(const std::string& image) {
  if (Result<> named = check_image_name(image); !named) co_return named;
  const Result<Answer> answer =
      co_await api_.call(get("/images/" + image + "/json", options_.deadlines.read));
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status == 200) co_return Result<>{};
  auto refused = engine_error("image", *answer);
  if (answer->status == 404) refused.error().code = Code::image_missing;
  co_return refused;
}

Task<Result<std::vector<Sandbox>>> DockerEngine::list(const InstanceId& instance) {
  Call call = get(list_path(instance), options_.deadlines.read);
  call.max_answer = options_.max_answer;
  const Result<Answer> answer = co_await api_.call(std::move(call));
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status != 200) co_return engine_error("list", *answer);
  co_return parse_container_list(answer->body, instance);
}

Task<Result<std::optional<Container>>> DockerEngine::find(const StorageId& storage) {
  if (const Result<> plain = check_storage_id(storage); !plain) co_return std::unexpected(plain.error());
  const Result<Answer> answer = co_await api_.call(get(path_of(storage, "/json"), options_.deadlines.read));
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status == 404) co_return std::nullopt;
  if (answer->status != 200) co_return engine_error("inspect", *answer);
  co_return parse_container(answer->body);
}

// The container's user is the host's user of the same number.
Task<Result<Owner>> DockerEngine::owner(const StorageId&) {
  co_return Owner{.uid = sandbox_uid, .gid = sandbox_uid};
}

Task<Result<Sandbox>> DockerEngine::inspect(const StorageId& storage) {
  const Result<std::optional<Container>> found = co_await find(storage);
  if (!found) co_return std::unexpected(found.error());
  if (!*found) co_return Sandbox{storage, State::absent, {}};
  const Container& container = **found;
  if (container.storage != storage.str()) co_return foreign(storage);
  co_return Sandbox{storage, container.state, container.boot};
}

Task<Result<>> DockerEngine::create(const SandboxSpec& spec) {
  if (Result<> sound = check_spec(spec); !sound) co_return sound;
  Result<std::vector<Mount>> mounts = co_await sources_.translate(spec.mounts);
  if (!mounts) co_return std::unexpected(mounts.error());
  SandboxSpec seen_by_engine = spec;
  seen_by_engine.mounts = std::move(*mounts);
  const Result<Gate::Slot> slot = co_await starts_.enter(after(options_.deadlines.turn));
  if (!slot) co_return std::unexpected(slot.error());
  if (spec.network == Network::bridge) {
    if (Result<> bridge = co_await ensure_bridge_network(api_, options_.deadlines.read); !bridge)
      co_return bridge;
  }
  Call call = post("/containers/create?name=" + docker_container_name(spec.storage),
                   options_.deadlines.create, dump_json(docker_create_body(seen_by_engine)));
  call.reuse = Reuse::never;
  const Result<Answer> answer = co_await api_.call(std::move(call));
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status != 201) co_return engine_error("create", *answer);
  const Result<std::vector<std::string>> warnings = parse_created(answer->body);
  if (!warnings) co_return std::unexpected(warnings.error());
  tell_warnings(*warnings);
  co_return Result<>{};
}

void DockerEngine::tell_warnings(const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) {
    if (told_.size() < max_told && told_.insert(warning).second)
      log::warn("engine.warning", {{"text", warning}});
  }
}

Task<Result<>> DockerEngine::start(const StorageId& storage) {
  if (Result<> plain = check_storage_id(storage); !plain) co_return plain;
  const Result<Gate::Slot> slot = co_await starts_.enter(after(options_.deadlines.turn));
  if (!slot) co_return std::unexpected(slot.error());
  const Result<Answer> answer =
      co_await api_.call(post(path_of(storage, "/start"), options_.deadlines.start));
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status != 204 && answer->status != 304) co_return engine_error("start", *answer);
  co_return Result<>{};
}

Task<Result<>> DockerEngine::resume(const StorageId& storage) {
  if (Result<> plain = check_storage_id(storage); !plain) co_return plain;
  const Result<Answer> answer =
      co_await api_.call(post(path_of(storage, "/unpause"), options_.deadlines.start));
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status == 204) co_return Result<>{};
  if (answer->status != 409 && answer->status != 500) co_return engine_error("unpause", *answer);
  // "Not paused" has no status of its own, in any version: ask.
  const Result<std::optional<Container>> found = co_await find(storage);
  if (!found) co_return std::unexpected(found.error());
  if (*found && (*found)->state != State::paused) co_return Result<>{};
  co_return engine_error("unpause", *answer);
}

Task<Result<>> DockerEngine::stop(const StorageId& storage, std::chrono::seconds grace) {
  if (Result<> plain = check_storage_id(storage); !plain) co_return plain;
  const Result<Gate::Slot> slot = co_await ends_.enter(after(options_.deadlines.turn));
  if (!slot) co_return std::unexpected(slot.error());
  const Result<Answer> answer = co_await api_.call(post(
      path_of(storage, fmt::format("/stop?t={}", grace.count())), grace + options_.deadlines.stop_margin));
  if (!answer) co_return std::unexpected(answer.error());
  const int status = answer->status;
  if (status != 204 && status != 304 && status != 404) co_return engine_error("stop", *answer);
  co_return Result<>{};
}

Task<Result<>> DockerEngine::remove(const StorageId& storage, const InstanceId& instance) {
  const Result<Gate::Slot> slot = co_await ends_.enter(after(options_.deadlines.turn));
  if (!slot) co_return std::unexpected(slot.error());
  const Deadline deadline = after(options_.deadlines.remove);
  while (Clock::now() < deadline) {
    const Result<std::optional<Container>> found = co_await find(storage);
    if (!found) co_return std::unexpected(found.error());
    if (!*found) co_return Result<>{};
    const Container& container = **found;
    if (container.storage != storage.str() || container.instance != instance.str())
      co_return foreign(storage);
    const Result<bool> gone = co_await remove_once(container, deadline);
    if (!gone) co_return std::unexpected(gone.error());
    if (*gone) co_return Result<>{};
    co_await sleep_until(after(removal_poll));
  }
  co_return fail(Code::engine_unavailable, "The container engine did not finish removing the sandbox.");
}

// By id, so that it is the container whose labels were read. False while somebody else is removing it.
Task<Result<bool>> DockerEngine::remove_once(const Container& container, Deadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  Call call = post("/containers/" + container.id + "?force=1&v=1", left);
  call.method = "DELETE";
  const Result<Answer> answer = co_await api_.call(std::move(call));
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status == 204 || answer->status == 200 || answer->status == 404) co_return true;
  if (answer->status == 409 && engine_words(*answer).contains("in progress")) co_return false;
  co_return engine_error("remove", *answer);
}

std::unique_ptr<ContainerEngine> make_docker_engine(Executor executor, DockerOptions options) {
  return std::make_unique<DockerEngine>(executor, options);
}

}  // namespace cus::engine
