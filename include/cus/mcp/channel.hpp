// SPDX-License-Identifier: Apache-2.0
#pragma once
// The way from the server to one client stream: messages in their order, then the end. A named channel can be
// resumed: it keeps what it sent, within bounds, and whoever comes back reads on after the number seen last.
// An unnamed one forgets what was read. Writers never wait for readers. Belongs to the loop.

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cus/base/event.hpp"

namespace cus::mcp {

// One answer: an HTTP status for the envelope and the JSON-RPC answer as JSON text.
struct Reply {
  int status = 200;
  // Absent (status 202 or 204): there is nothing to say, because the body held notifications or responses
  // only, or because the client cancelled the request, after which the protocol forbids an answer.
  std::optional<std::string> message{};
  std::string session{};  // of initialize: the new session's id
};

class Channel {
 public:
  struct Message {
    std::uint64_t number = 0;  // from 1
    std::string text;
  };

  explicit Channel(Executor executor, std::string name = {})
      : changed_(std::move(executor)), name_(std::move(name)) {}

  // For whoever answers. What is pushed after the end is dropped. A reader who is far behind loses the oldest
  // messages, never the reply.
  void push(std::string text);
  // The last message of a request's channel.
  void finish(Reply reply);
  // The reply that end() gives, unless finish() gives another one.
  void say_at_end(Reply reply) { last_words_ = std::move(reply); }
  // The end, of a channel that answers no request also without a reply.
  void end();
  // Readers end their connection although the channel goes on: a client that can resume comes back.
  void hang_up();

  // For whoever sends to the client. The oldest message after number `seen`; nullopt: none yet.
  std::optional<Message> next(std::uint64_t seen);
  bool ended() const { return ended_; }
  // Of an ended channel that answers a request.
  const std::optional<Reply>& reply() const { return reply_; }
  bool has_messages() const { return last_ > 0; }
  // How often hang_up was called.
  unsigned hang_ups() const { return hang_ups_; }
  // Waits until there is a message after `seen`, the channel has ended, a hang-up was asked for, or `stop`
  // was set and wake_readers called; false at the deadline.
  Task<bool> wait(std::uint64_t seen, Deadline deadline, const bool& stop);
  void wake_readers() { changed_.set(); }
  // Nobody reads: messages are dropped, the reply is not.
  void mute() { muted_ = true; }

  const std::string& name() const { return name_; }
  bool can_resume() const { return !name_.empty(); }
  // The id of a message for Last-Event-ID; 0 is the place before the first one.
  std::string id_of(std::uint64_t number) const { return name_ + "-" + std::to_string(number); }

  // What it holds for who comes back.
  std::size_t bytes() const;
  // Gives that up: the stream cannot be resumed any more.
  void forget();

  // Whether it matters that the client has gone.
  bool watches_client() const { return static_cast<bool>(on_gone_); }
  // Called when the client has gone; what that means is up to the protocol era.
  void client_gone();
  void on_client_gone(std::function<void()> action) { on_gone_ = std::move(action); }

 private:
  Event changed_;
  std::string name_;
  std::deque<Message> kept_;
  std::size_t kept_bytes_ = 0;
  std::uint64_t last_ = 0;
  std::optional<Reply> reply_;
  std::optional<Reply> last_words_;
  bool ended_ = false;
  bool muted_ = false;
  unsigned hang_ups_ = 0;
  std::function<void()> on_gone_;
};

using ChannelPtr = std::shared_ptr<Channel>;

}  // namespace cus::mcp
