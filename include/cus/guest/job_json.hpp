// SPDX-License-Identifier: Apache-2.0
#pragma once
// Jobs in the words of the protocol, for those who pass them on: the store keeps a JobEnd as text, and the
// control socket relays a job's events as the same frames a guest sends, so that a JobStream can read them.

#include <string>

#include "cus/guest/job.hpp"
#include "cus/guest/protocol.hpp"

namespace cus::guest {

std::string to_json(const JobEnd& end);
// One or more whole frames.
std::string encode_event(const JobEvent& event);
std::string encode_frame(FrameType type, std::string_view payload);

}  // namespace cus::guest
