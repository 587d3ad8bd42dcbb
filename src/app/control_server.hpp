// SPDX-License-Identifier: Apache-2.0
#pragma once
// Serves control_api.hpp on <data root>/control.sock.

#include <functional>
#include <memory>
#include <string>

#include "cus/base/json.hpp"
#include "cus/sandbox/registry.hpp"

namespace cus::app {

class ControlServer {
 public:
  using Doctor = std::function<Task<Json>()>;
  ControlServer(Executor executor, sandbox::Registry& registry, Doctor doctor);
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;
  ~ControlServer();

  Result<> listen(const std::string& path);
  void close();

  struct State;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace cus::app
