// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/breaker.hpp"

#include <algorithm>

namespace cus::engine {

Breaker::Admission Breaker::admit(Clock::time_point now) {
  if (failures_ < settings_.failures) return Admission::pass;
  if (now < refuse_until_) return Admission::refuse;
  refuse_until_ = now + probe_time_;
  probing_ = true;
  return Admission::probe;
}

void Breaker::succeeded() {
  failures_ = 0;
  probing_ = false;
  pause_ = settings_.first_pause;
}

void Breaker::failed(Clock::time_point now) {
  const bool was_open = failures_ >= settings_.failures;
  if (!was_open) {
    if (++failures_ >= settings_.failures) refuse_until_ = now + pause_;
    return;
  }
  // Calls that began before the breaker opened may still end; only the probe's end moves the pause.
  if (!probing_) return;
  probing_ = false;
  pause_ = std::min<Clock::duration>(pause_ * 2, settings_.longest_pause);
  refuse_until_ = now + pause_;
}

}  // namespace cus::engine
