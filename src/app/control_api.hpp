// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the other commands ask of the running server over <data root>/control.sock (0600: only its own user).
// HTTP/1.1:
//   POST /v1/exec              Upgrade: cus-job   ExecRequest; 101, then the frames of guest/protocol.hpp
//   GET  /v1/sandboxes {"sandboxes":[{"tenant","chat","storage","state","last_used"}]} POST
//   /v1/sandboxes/remove                     {"tenant","chat","files":bool}; 204 GET  /v1/doctor
//   {"checks":[{"name","ok","detail","remedy"}]}
// Errors: {"error":CODE_NAME,"message":TEXT} with 4xx or 5xx.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cus/base/error.hpp"
#include "cus/base/id.hpp"
#include "cus/base/json.hpp"

namespace cus::app {

inline constexpr std::string_view control_exec = "/v1/exec";
inline constexpr std::string_view control_sandboxes = "/v1/sandboxes";
inline constexpr std::string_view control_remove = "/v1/sandboxes/remove";
inline constexpr std::string_view control_doctor = "/v1/doctor";
inline constexpr std::size_t max_control_body = 24U << 20U;

// A known job is attached to at `offset`; otherwise `argv` is started under that id.
struct ExecRequest {
  ChatKey key;
  std::vector<std::string> argv;  // empty: only attach
  JobId job;
  std::uint64_t offset = 0;
  std::chrono::seconds timeout{0};  // 0: none
  bool keep_stdin_open = false;
  bool split_streams = true;
};

std::string encode_exec(const ExecRequest& request);
Result<ExecRequest> decode_exec(std::string_view body);
Result<ChatKey> decode_key(const Json& json);

}  // namespace cus::app
