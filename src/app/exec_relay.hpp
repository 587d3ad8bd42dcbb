// SPDX-License-Identifier: Apache-2.0
#pragma once
// Starts or finds the job of an ExecRequest and relays its frames to a control client. The client may leave
// at any time: the job goes on.

#include "control_api.hpp"
#include "cus/net/http.hpp"
#include "cus/sandbox/computer.hpp"

namespace cus::app {

// Answers on `client` (101, or an error to be sent by the caller) and relays until the job ends or the client
// leaves.
Task<Result<>> relay_exec(sandbox::Computers& computers, ExecRequest request, net::HttpConnection& client);

}  // namespace cus::app
