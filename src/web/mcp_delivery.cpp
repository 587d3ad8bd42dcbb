// SPDX-License-Identifier: Apache-2.0
#include "mcp_delivery.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "cus/base/log.hpp"

namespace cus::web {
namespace {

// How soon a client whose stream was closed on purpose comes back.
constexpr auto retry_time = std::chrono::milliseconds(500);

class Delivery {
 public:
  Delivery(Exchange& exchange, mcp::ChannelPtr channel, McpOptions options)
      : exchange_(exchange), channel_(std::move(channel)), options_(options) {}

  Task<> answer(Accepted accepted) {
    if (!accepted.events) channel_->mute();
    co_await channel_->wait(0, accepted.events ? after(options_.patience) : no_deadline, gone_);
    // What was said before anybody listened is lost on a client that takes no events.
    const bool has_events = accepted.events && channel_->has_messages();
    const bool only_reply = channel_->ended() && !has_events && channel_->reply();
    if (gone_ || (only_reply && (accepted.json || channel_->reply()->status != 200))) {
      co_return co_await respond_mcp(exchange_, only_reply ? *channel_->reply() : mcp::Reply{.status = 202});
    }
    co_await stream(0, channel_->can_resume());
  }

  Task<> stream(std::uint64_t seen, bool primed) {
    const unsigned hang_ups = primed ? 0 : channel_->hang_ups();
    Result<> sent = co_await exchange_.start_events({});
    if (sent && primed) sent = co_await exchange_.send_priming(channel_->id_of(0), retry_time);
    while (sent && !gone_) {
      if (auto message = channel_->next(seen)) {
        seen = message->number;
        sent = co_await exchange_.send_event(message->text,
                                             channel_->can_resume() ? channel_->id_of(seen) : std::string());
      } else if (channel_->ended() || channel_->hang_ups() != hang_ups) {
        sent = co_await exchange_.end_events();
        break;
      } else if (!co_await channel_->wait(seen, after(options_.keep_alive), gone_)) {
        sent = co_await exchange_.send_comment("keep-alive");
      }
    }
    if (!sent) log::failure(log::Level::debug, "mcp.unsent", sent.error());
    // What can be resumed is kept for who comes back; else nobody reads any more.
    if (!channel_->can_resume()) channel_->mute();
  }

  Task<> watch() {
    gone_ = co_await exchange_.peer_gone(no_deadline);
    if (!gone_) co_return;
    channel_->client_gone();
    channel_->wake_readers();
  }

 private:
  Exchange& exchange_;
  mcp::ChannelPtr channel_;
  McpOptions options_;
  bool gone_ = false;
};

}  // namespace

Response mcp_response(const mcp::Reply& reply) {
  Response response{.status = reply.status, .headers = {}, .body = reply.message.value_or("")};
  if (reply.message) response.headers.set("Content-Type", "application/json");
  if (!reply.session.empty()) response.headers.set("Mcp-Session-Id", reply.session);
  if (reply.status == 405) response.headers.set("Allow", "POST");
  if (reply.status == 429 || reply.status == 503) response.headers.set("Retry-After", "1");
  if (reply.status == 401) response.headers.set("WWW-Authenticate", "Bearer");
  return response;
}

// A client that has gone is no error: there is nobody left to tell.
Task<> respond_mcp(Exchange& exchange, mcp::Reply reply) {
  const Result<> sent = co_await exchange.respond(mcp_response(reply));
  if (!sent) log::failure(log::Level::debug, "mcp.unsent", sent.error());
}

// A refusal has a status of its own, so it is never an event.
Task<> deliver_reply(Exchange& exchange, mcp::Reply reply, Accepted accepted) {
  if (accepted.json || reply.status != 200 || !reply.message) {
    co_return co_await respond_mcp(exchange, std::move(reply));
  }
  net::Headers extra;
  if (!reply.session.empty()) extra.set("Mcp-Session-Id", reply.session);
  Result<> sent = co_await exchange.start_events(std::move(extra));
  if (sent) sent = co_await exchange.send_event(*reply.message, {});
  if (sent) sent = co_await exchange.end_events();
}

Task<> deliver_answer(Exchange& exchange, mcp::ChannelPtr channel, Accepted accepted, McpOptions options) {
  using boost::asio::experimental::awaitable_operators::operator&&;
  const bool watched = channel->watches_client();
  Delivery delivery(exchange, std::move(channel), options);
  // A client that only ended its own side may still read the answer, unless its era calls that a cancel.
  if (watched) co_return co_await (delivery.answer(accepted) && delivery.watch());
  co_await delivery.answer(accepted);
}

Task<> deliver_stream(Exchange& exchange, mcp::ChannelPtr channel, std::uint64_t seen, McpOptions options) {
  using boost::asio::experimental::awaitable_operators::operator&&;
  const bool watched = channel->watches_client();
  Delivery delivery(exchange, std::move(channel), options);
  if (watched) co_return co_await (delivery.stream(seen, false) && delivery.watch());
  co_await delivery.stream(seen, false);
}

}  // namespace cus::web
