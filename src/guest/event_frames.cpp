// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "cus/base/json.hpp"
#include "cus/guest/job_json.hpp"

namespace cus::guest {
namespace {

struct Encode {
  std::string operator()(const JobOutput& output) const {
    const auto offset = encode_offset(output.offset);
    std::string payload(offset.data(), offset.size());
    payload += output.bytes;
    return encode_frame(output.channel == Channel::output ? FrameType::output : FrameType::error, payload);
  }
  std::string operator()(const JobGap& gap) const {
    const Json json = {
        {"from", gap.from}, {"to", gap.to}, {"stream", gap.channel == Channel::output ? "output" : "error"}};
    return encode_frame(FrameType::gap, dump_json(json));
  }
  std::string operator()(const JobProgress& progress) const {
    return encode_frame(FrameType::progress,
                        dump_json(Json{{"total", progress.total}, {"line", progress.last_line}}));
  }
  std::string operator()(const JobEnd& end) const { return encode_frame(FrameType::end, to_json(end)); }
};

}  // namespace

std::string encode_frame(FrameType type, std::string_view payload) {
  const auto header = encode_frame_header({type, static_cast<std::uint32_t>(payload.size())});
  std::string frame(header.data(), header.size());
  frame.append(payload);
  return frame;
}

std::string encode_event(const JobEvent& event) {
  return std::visit(Encode{}, event);
}

}  // namespace cus::guest
