// SPDX-License-Identifier: Apache-2.0
#pragma once
// The other end of control_api.hpp: what exec, sandboxes and doctor ask of the server that owns the data
// root.

#include <memory>
#include <string>

#include "control_api.hpp"
#include "cus/guest/guest.hpp"

namespace cus::app {

class ControlClient {
 public:
  explicit ControlClient(std::string socket_path) : socket_path_(std::move(socket_path)) {}

  // Whether a server answers there.
  Task<bool> server_runs();
  // The stream must not outlive this client.
  Task<Result<guest::JobStream>> exec(const ExecRequest& request);
  Task<Result<Json>> sandboxes();
  Task<Result<>> remove(const ChatKey& key, bool files);
  Task<Result<Json>> doctor();

 private:
  struct Answer {
    int status = 0;
    net::HttpConnection connection;
  };
  Task<Result<Answer>> send(std::string_view method, std::string_view path, std::string body,
                            Deadline deadline);
  Task<Result<Json>> ask(std::string_view method, std::string_view path, std::string body, Deadline deadline);

  std::string socket_path_;
  std::unique_ptr<guest::GuestDialer> pool_;
};

}  // namespace cus::app
