// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/gate.hpp"

#include "cus/base/event.hpp"

namespace cus::engine {

// Lives in the frame of enter(). Whatever ends that frame, the queue forgets it and a slot it was given but
// did not take goes on to the next.
class Gate::Waiter {
 public:
  explicit Waiter(Gate& gate) : gate_(gate), turn_(gate.executor_) { gate_.waiting_.push_back(this); }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() {
    std::erase(gate_.waiting_, this);
    if (granted_) gate_.leave();
  }

  void grant() {
    granted_ = true;
    turn_.set();
  }
  Task<> wait(Deadline deadline) { co_await turn_.wait(deadline); }
  bool take() { return std::exchange(granted_, false); }

 private:
  Gate& gate_;
  Event turn_;
  bool granted_ = false;
};

Task<Result<Gate::Slot>> Gate::enter(Deadline deadline) {
  if (free_ > 0) {
    --free_;
    co_return Slot(*this);
  }
  if (waiting_.size() >= max_waiting_) {
    co_return fail(Code::unavailable, "The container engine is busy. Try again in a moment.", "queue full");
  }
  Waiter waiter(*this);
  co_await waiter.wait(deadline);
  if (waiter.take()) co_return Slot(*this);
  co_return fail(Code::unavailable, "The container engine is busy. Try again in a moment.",
                 "no turn in time");
}

void Gate::leave() {
  if (waiting_.empty()) {
    ++free_;
    return;
  }
  Waiter* next = waiting_.front();
  waiting_.pop_front();
  next->grant();
}

}  // namespace cus::engine
