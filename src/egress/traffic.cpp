// SPDX-License-Identifier: Apache-2.0
#include "egress/traffic.hpp"

#include <algorithm>

namespace cus::egress {

void Traffic::close() {
  closed_ = true;
  for (net::Stream* leg : legs_) leg->close();
}

bool Traffic::exhausted() {
  if (up_ + down_ >= max_bytes_) over_limit_ = true;
  return over_limit_;
}

class Leg final : public net::Stream {
 public:
  Leg(std::shared_ptr<Traffic> traffic, net::StreamPtr stream, Side side)
      : traffic_(std::move(traffic)), stream_(std::move(stream)), counted_(side == Side::sandbox) {
    traffic_->legs_.push_back(stream_.get());
    if (traffic_->closed_) stream_->close();
  }
  ~Leg() override { std::erase(traffic_->legs_, stream_.get()); }
  Leg(const Leg&) = delete;
  Leg& operator=(const Leg&) = delete;

  Task<Result<std::size_t>> read_some(std::span<char> into, Deadline deadline) override {
    if (traffic_->exhausted()) co_return limit_error();
    Result<std::size_t> got = co_await stream_->read_some(into, deadline);
    if (got && counted_) count(traffic_->up_, *got);
    co_return got;
  }
  Task<Result<>> write(std::string_view data, Deadline deadline) override {
    if (traffic_->exhausted()) co_return limit_error();
    Result<> sent = co_await stream_->write(data, deadline);
    if (sent && counted_) count(traffic_->down_, data.size());
    co_return sent;
  }
  Task<Result<bool>> wait_readable(Deadline deadline) override { return stream_->wait_readable(deadline); }
  void cancel_reads() override { stream_->cancel_reads(); }
  bool peer_closed() override { return stream_->peer_closed(); }
  void shutdown_send() override { stream_->shutdown_send(); }
  void close() override { stream_->close(); }
  Executor executor() override { return stream_->executor(); }

 private:
  static std::unexpected<Error> limit_error() {
    return fail(Code::too_large, "This connection has moved as many bytes as it may.");
  }
  void count(std::uint64_t& counter, std::size_t bytes) {
    counter += bytes;
    traffic_->last_move_ = Clock::now();
  }

  std::shared_ptr<Traffic> traffic_;
  net::StreamPtr stream_;
  bool counted_;
};

net::StreamPtr make_leg(std::shared_ptr<Traffic> traffic, net::StreamPtr stream, Side side) {
  return std::make_unique<Leg>(std::move(traffic), std::move(stream), side);
}

}  // namespace cus::egress
