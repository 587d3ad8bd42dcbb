// SPDX-License-Identifier: Apache-2.0
#pragma once
// Lets a bounded number of calls through at once; the others wait in order, each by its own deadline, and the
// queue has a cap. Belongs to the loop and must outlive its slots.

#include <deque>
#include <string>
#include <utility>

#include "cus/base/clock.hpp"
#include "cus/base/error.hpp"
#include "cus/base/task.hpp"

namespace cus::engine {

class Gate {
 public:
  Gate(Executor executor, std::size_t slots, std::size_t max_waiting)
      : executor_(std::move(executor)), free_(slots), max_waiting_(max_waiting) {}
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate() = default;

  // Held while the call runs; leaving lets the next one in.
  class Slot {
   public:
    explicit Slot(Gate& gate) : gate_(&gate) {}
    Slot(Slot&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Slot& operator=(Slot&&) = delete;
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot() {
      if (gate_ != nullptr) gate_->leave();
    }

   private:
    Gate* gate_;
  };

  // Code::unavailable when the queue is full or the deadline passed before a slot was free.
  Task<Result<Slot>> enter(Deadline deadline);
  std::size_t waiting() const { return waiting_.size(); }

 private:
  class Waiter;
  void leave();

  Executor executor_;
  std::size_t free_;
  std::size_t max_waiting_;
  std::deque<Waiter*> waiting_;
};

}  // namespace cus::engine
