// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "cus/net/http.hpp"

namespace cus::net {
namespace {

class PrefixedStream final : public Stream {
 public:
  PrefixedStream(std::string prefix, StreamPtr stream)
      : prefix_(std::move(prefix)), stream_(std::move(stream)) {}

  Task<Result<std::size_t>> read_some(std::span<char> into, Deadline deadline) override {
    if (prefix_.empty()) co_return co_await stream_->read_some(into, deadline);
    const std::size_t size = std::min(into.size(), prefix_.size());
    std::copy_n(prefix_.begin(), size, into.begin());
    prefix_.erase(0, size);
    co_return size;
  }
  Task<Result<>> write(std::string_view data, Deadline deadline) override {
    return stream_->write(data, deadline);
  }
  Task<Result<bool>> wait_readable(Deadline deadline) override {
    if (!prefix_.empty()) co_return true;
    co_return co_await stream_->wait_readable(deadline);
  }
  void cancel_reads() override { stream_->cancel_reads(); }
  bool peer_closed() override { return prefix_.empty() && stream_->peer_closed(); }
  void shutdown_send() override { stream_->shutdown_send(); }
  void close() override {
    prefix_.clear();
    stream_->close();
  }
  Executor executor() override { return stream_->executor(); }

 private:
  std::string prefix_;
  StreamPtr stream_;
};

}  // namespace

StreamPtr make_prefixed_stream(std::string already_read, StreamPtr stream) {
  if (already_read.empty()) return stream;
  return std::make_unique<PrefixedStream>(std::move(already_read), std::move(stream));
}

}  // namespace cus::net
