// SPDX-License-Identifier: Apache-2.0
#pragma once
// ContainerEngine on the Engine API. docs/engine-api.md lists the endpoints, the statuses each may answer and
// why.

#include <set>

#include "engine/docker/answers.hpp"
#include "engine/docker/api_client.hpp"
#include "engine/docker/mount_sources.hpp"

namespace cus::engine {

class DockerEngine final : public ContainerEngine {
 public:
  DockerEngine(const Executor& executor, const DockerOptions& options);

  Task<Result<Report>> report() override;
  Task<Result<>> ping() override;
  Task<Result<>> require_image(const std::string& image) override;
  Task<Result<std::vector<Sandbox>>> list(const InstanceId& instance) override;
  Task<Result<Owner>> owner(const StorageId& storage) override;
  Task<Result<Sandbox>> inspect(const StorageId& storage) override;
  Task<Result<>> create(const SandboxSpec& spec) override;
  Task<Result<>> start(const StorageId& storage) override;
  Task<Result<>> resume(const StorageId& storage) override;
  Task<Result<>> stop(const StorageId& storage, std::chrono::seconds grace) override;
  Task<Result<>> remove(const StorageId& storage, const InstanceId& instance) override;

 private:
  // nullopt: there is none.
  Task<Result<std::optional<Container>>> find(const StorageId& storage);
  Task<Result<bool>> remove_once(const Container& container, Deadline deadline);
  void tell_warnings(const std::vector<std::string>& warnings);

  DockerOptions options_;
  ApiClient api_;
  MountSources sources_;
  Gate starts_;
  Gate ends_;
  std::set<std::string> told_;  // the engine's warnings that were logged already; bounded
};

}  // namespace cus::engine
