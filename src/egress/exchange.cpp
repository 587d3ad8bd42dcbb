// SPDX-License-Identifier: Apache-2.0
#include "egress/exchange.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "egress/body_copy.hpp"

namespace cus::egress {
namespace {

constexpr int max_interim_answers = 16;
constexpr Clock::duration head_patience = std::chrono::seconds(30);

struct Exchange {
  Session& session;
  net::HttpConnection& client;
  net::HttpConnection& server;
  const net::RequestHead& head;
  const AbsoluteTarget& target;
  bool uploaded = false;  // the request side has ended, one way or another
  bool whole = false;     // and the request went through whole
  bool enough = false;    // the answer has ended: no more of the request is wanted
  std::optional<Refusal> failed = std::nullopt;
  After after_it = After::close;

  Deadline idle() const { return after(session.options.idle_timeout); }
};

Task<> upload(Exchange& x) {
  Copied copied = Copied::sink_broke;
  const Result<> begun = co_await x.server.write(request_text(x.head, x.target), x.idle());
  if (begun) copied = co_await copy_body(x.session, x.client, x.server, request_framing(x.head));
  // A server may answer without reading on: the client must still come to its end to see the answer.
  if (copied == Copied::sink_broke) co_await drain_body(x.session, x.client, x.enough);
  if (copied == Copied::source_broke && !x.enough) x.server.close();
  x.whole = copied == Copied::whole;
  x.uploaded = true;
}

Task<bool> wait_for_answer(Exchange& x) {
  for (;;) {
    const Result<bool> ready = co_await x.server.wait_readable(x.session.idle_deadline());
    if (!ready || *ready) co_return true;  // the read tells what is wrong
    if (Clock::now() >= x.session.idle_deadline()) co_return false;
  }
}

Refusal no_answer(const Exchange& x, const Error& error) {
  const std::string name = authority(x.target.to);
  if (error.code == Code::timed_out)
    return {.why = Outcome::timed_out, .text = name + " did not answer in time."};
  if (error.code == Code::io || error.code == Code::cancelled) {
    return {.why = Outcome::broken, .text = name + " closed the connection without an answer."};
  }
  return {.why = Outcome::bad_answer, .text = "The answer of " + name + " is not valid HTTP/1.1."};
}

// nullopt: the answer was passed on, as far as it came.
Task<std::optional<Refusal>> pass_answer(Exchange& x, const net::ResponseHead& answer) {
  const Framing framing = answer_framing(x.head, answer);
  const bool keep = x.head.keep_alive && x.whole && framing != Framing::until_close;
  const Result<> begun = co_await x.client.write(answer_text(x.head, answer, keep), x.idle());
  const Copied copied =
      begun ? co_await copy_body(x.session, x.server, x.client, framing) : Copied::sink_broke;
  if (copied == Copied::whole) {
    x.after_it = keep ? After::next_request : After::close;
  } else {
    // The client must not take what it has for the whole.
    x.session.outcome = Outcome::broken;
    x.client.close();
  }
  co_return std::nullopt;
}

Task<std::optional<Refusal>> relay_answer(Exchange& x) {
  for (int interim = 0; interim < max_interim_answers; ++interim) {
    if (!co_await wait_for_answer(x)) {
      co_return Refusal{.why = Outcome::timed_out,
                        .text = authority(x.target.to) + " did not answer in time."};
    }
    const auto answer = co_await x.server.read_response(after(head_patience), x.head.method == "HEAD");
    if (!answer) co_return no_answer(x, answer.error());
    const bool switching = answer->status == 101;
    if (answer->status < 100 || (switching && !wants_upgrade(x.head))) break;
    if (answer->status >= 200) co_return co_await pass_answer(x, *answer);
    if (x.head.version == 10) continue;
    const Result<> passed = co_await x.client.write(interim_text(*answer), x.idle());
    if (!switching) continue;
    if (passed) x.after_it = After::switched;
    co_return std::nullopt;
  }
  co_return Refusal{.why = Outcome::bad_answer,
                    .text = "The answer of " + authority(x.target.to) + " is not valid HTTP/1.1."};
}

// Ends the request side too: whatever of the request is still to come, nobody wants it.
Task<> download(Exchange& x) {
  x.failed = co_await relay_answer(x);
  if (x.after_it == After::switched) co_return;
  x.enough = true;
  x.server.close();
  if (!x.uploaded) x.client.stream().cancel_reads();
}

}  // namespace

Task<After> exchange(Session& session, net::HttpConnection& client, net::HttpConnection& server,
                     const net::RequestHead& head, const AbsoluteTarget& target) {
  using boost::asio::experimental::awaitable_operators::operator&&;
  Exchange x{.session = session, .client = client, .server = server, .head = head, .target = target};
  co_await (upload(x) && download(x));
  if (x.failed) {
    co_await refuse(session, client, &head, std::move(*x.failed));
  } else if (x.after_it == After::close && !x.whole) {
    co_await let_it_read(client.stream());
  }
  co_return x.after_it;
}

Task<> refuse(Session& session, net::HttpConnection& client, const net::RequestHead* head, Refusal why) {
  session.outcome = why.why;
  why.text += "\n";
  const net::Headers headers{.fields = {{"Content-Type", "text/plain; charset=utf-8"},
                                        {"Content-Length", std::to_string(why.text.size())},
                                        {"Cache-Control", "no-store"},
                                        {"Connection", "close"}}};
  std::string answer = net::format_response(http_status(why.why), headers);
  if (head != nullptr && head->method == "CONNECT") {
    // Clients do not show the body of a refused CONNECT; many show the reason in its first line.
    const std::string line = "HTTP/1.1 " + std::to_string(http_status(why.why)) + " ";
    answer.replace(0, answer.find("\r\n"), line + why.text.substr(0, why.text.size() - 1));
  }
  if (head == nullptr || head->method != "HEAD") answer += why.text;
  const Result<> sent = co_await client.write(answer, after(std::chrono::seconds(10)));
  if (sent) co_await let_it_read(client.stream());
}

}  // namespace cus::egress
