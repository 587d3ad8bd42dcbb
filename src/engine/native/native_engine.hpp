// SPDX-License-Identifier: Apache-2.0
#pragma once
// ContainerEngine on bubblewrap. What blocks runs on a pool of its own; a sandbox belongs to one call at a
// time, which its machine sees to.

#include <memory>

#include "cus/base/blocking_pool.hpp"
#include "cus/base/clock.hpp"
#include "cus/base/fd.hpp"
#include "cus/engine/native.hpp"

namespace cus::engine {

class NativeHost;

class NativeEngine final : public ContainerEngine {
 public:
  NativeEngine(Executor executor, NativeOptions options);
  ~NativeEngine() override;

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
  Task<bool> wait_ended(Fd process, Deadline deadline);
  Task<Result<>> end(StorageId storage, std::chrono::milliseconds grace);

  Executor executor_;
  std::shared_ptr<NativeHost> host_;  // shared with what runs on the pool
  std::shared_ptr<BlockingPool> pool_ = std::make_shared<BlockingPool>(4);
};

}  // namespace cus::engine
