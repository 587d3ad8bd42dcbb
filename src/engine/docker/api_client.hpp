// SPDX-License-Identifier: Apache-2.0
#pragma once
// Calls of the Engine API over its unix socket: each with a deadline, a bounded answer and a bounded number
// at once; the version is negotiated before the first call and again whenever the engine was away or has
// become another one. Any well-formed answer is a value, whatever its status. Code::engine_unavailable when
// there is none; after some of those in a row calls fail at once until a probe is answered.

#include <optional>
#include <string>

#include "cus/engine/docker.hpp"
#include "engine/docker/breaker.hpp"
#include "engine/docker/connection_pool.hpp"
#include "engine/docker/engine_error.hpp"
#include "engine/docker/engine_info.hpp"
#include "engine/docker/gate.hpp"

namespace cus::engine {

// Long calls may be silent for long; then the engine is asked whether it is alive.
enum class Length { brief, lengthy };

struct Call {
  std::string method;
  std::string path;  // without the version, already encoded
  std::string body;  // JSON; empty: none
  std::chrono::milliseconds time;
  Length length = Length::brief;
  Reuse reuse = Reuse::allowed;  // never: the call must not be sent twice
  std::size_t max_answer = 1U << 20U;
};

inline Call get(std::string path, std::chrono::milliseconds time) {
  return {"GET", std::move(path), {}, time};
}
inline Call post(std::string path, std::chrono::milliseconds time, std::string body = {}) {
  return {"POST", std::move(path), std::move(body), time, Length::lengthy};
}

class ApiClient {
 public:
  ApiClient(Executor executor, const DockerOptions& options);

  Task<Result<Answer>> call(Call call);
  Task<Result<>> ping();
  // Also negotiates anew.
  Task<Result<EngineInfo>> info();
  // "1.41", or empty before the first call.
  std::string version() const { return version_ ? to_string(*version_) : std::string(); }

 private:
  struct Attempt;
  Task<Result<Gate::Slot>> turn(Length length, std::chrono::milliseconds time);
  Task<Result<>> admit();
  Task<Result<EngineInfo>> negotiate(Deadline deadline);
  Task<Result<Answer>> exchange(const Call& call, const std::string& target, Deadline deadline);
  Task<Attempt> attempt(const Call& call, const std::string& target, Reuse reuse, Deadline deadline);
  Task<Result<>> await_answer(net::Stream& stream, Deadline deadline);
  Task<bool> alive();
  void note_server(const net::ResponseHead& head);

  DockerOptions options_;
  ConnectionPool pool_;
  Gate calls_;
  Breaker breaker_;
  std::optional<ApiVersion> version_;
  std::string server_;  // the Server header of the latest answer
};

}  // namespace cus::engine
