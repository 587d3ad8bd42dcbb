// SPDX-License-Identifier: Apache-2.0
#pragma once
// JobSpec, JobEnd and the guest's other answers as JSON, checked for size and shape: the guest is attacker
// input.

#include <string>

#include "cus/base/json.hpp"
#include "cus/guest/job.hpp"
#include "cus/guest/job_json.hpp"
#include "cus/guest/protocol.hpp"

namespace cus::guest {

std::string encode_spec(const JobSpec& spec);
Result<JobEnd> decode_end(const Json& json);
Result<JobStatus> decode_status(const Json& json);
// One frame from the guest; Code::protocol for a type a guest may not send.
Result<JobEvent> decode_event(FrameType type, std::string payload);
// {"error":CODE_NAME,"message":TEXT}
Error decode_error(int status, std::string_view body);

}  // namespace cus::guest
