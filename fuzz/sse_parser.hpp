// SPDX-License-Identifier: Apache-2.0
#pragma once
// A parser of text/event-stream, written from the definition of the format and not from our writer. It takes
// single bytes, so that it cannot matter where a stream is cut.

#include <string>
#include <string_view>
#include <vector>

namespace cus::fuzz {

struct SseEvent {
  std::string type;
  std::string data;
  std::string last_id;
  bool operator==(const SseEvent&) const = default;
};

class SseParser {
 public:
  void feed(std::string_view bytes) {
    for (const char c : bytes) take(c);
  }
  const std::vector<SseEvent>& events() const { return events_; }
  bool between_events() const { return line_.empty() && !has_data_ && event_.type.empty(); }
  const std::string& retry() const { return retry_; }

 private:
  void take(char c) {
    const bool second_half = c == '\n' && after_cr_;
    after_cr_ = c == '\r';
    if (second_half) return;
    if (c != '\r' && c != '\n') {
      line_ += c;
      return;
    }
    end_line();
    line_.clear();
  }

  void end_line() {
    if (line_.empty()) {
      dispatch();
      return;
    }
    const std::size_t colon = line_.find(':');
    const std::string name = line_.substr(0, colon);
    std::string value = colon == std::string::npos ? std::string() : line_.substr(colon + 1);
    if (value.starts_with(' ')) value.erase(0, 1);
    if (name == "event") event_.type = value;
    if (name == "retry") retry_ = value;
    if (name == "id" && !value.contains('\0')) last_id_ = value;
    if (name != "data") return;
    event_.data += value + '\n';
    has_data_ = true;
  }

  void dispatch() {
    if (has_data_) {
      event_.data.pop_back();
      event_.last_id = last_id_;
      events_.push_back(event_);
    }
    event_ = {};
    has_data_ = false;
  }

  std::vector<SseEvent> events_;
  SseEvent event_;
  std::string last_id_;
  std::string retry_;
  std::string line_;
  bool has_data_ = false;
  bool after_cr_ = false;
};

}  // namespace cus::fuzz
