// SPDX-License-Identifier: Apache-2.0
#pragma once
// A circuit breaker: after some failures in a row calls are refused at once for a pause, then one probe may
// try. A probe that fails doubles the pause, any success closes the breaker. Decides from the times it is
// given, waits for nothing.

#include "cus/base/clock.hpp"
#include "cus/engine/docker.hpp"

namespace cus::engine {

class Breaker {
 public:
  enum class Admission { pass, probe, refuse };

  Breaker(DockerBreaker settings, Clock::duration probe_time)
      : settings_(settings), probe_time_(probe_time), pause_(settings.first_pause) {}

  // `probe` is given to one caller; when it has said nothing after `probe_time`, to another one.
  Admission admit(Clock::time_point now);
  void succeeded();
  void failed(Clock::time_point now);

 private:
  DockerBreaker settings_;
  Clock::duration probe_time_;
  Clock::duration pause_;
  int failures_ = 0;
  bool probing_ = false;
  Clock::time_point refuse_until_;
};

}  // namespace cus::engine
