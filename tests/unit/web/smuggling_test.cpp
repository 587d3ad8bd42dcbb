// SPDX-License-Identifier: Apache-2.0
// Cases A04 and A05: what a front server and we could read differently is refused and the connection closed,
// and the request hidden behind it never reaches a handler.
#include "support.hpp"

namespace cus::web {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string hidden = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

class SmugglingTest : public ServerTest {
 protected:
  void open() {
    route("POST", "/echo", echo_body);
    route("GET", "/smuggled", [this](Exchange& exchange) {
      ++smuggled;
      return say_path(exchange);
    });
    start();
  }

  // Sends `bytes` with the hidden request behind them and returns all that the server says.
  std::string attack(const std::string& bytes) {
    Client client = connect();
    client.send(bytes + hidden);
    client.half_close();
    return client.rest();
  }

  int smuggled = 0;
};

std::string post(const std::string& fields, const std::string& body) {
  return "POST /echo HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n" + body;
}

std::size_t answers(const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = text.find("\r\nDate: "); at != std::string::npos;
       at = text.find("\r\nDate: ", at + 1))
    ++count;
  return count;
}

TEST_F(SmugglingTest, GivenAmbiguousFraming_WhenSent_ThenThereIsOneRefusalAndTheConnectionEnds) {
  open();
  const std::vector<std::string> matrix = {
      post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding: identity, chunked\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding: identity\r\n", ""),
      post("Transfer-Encoding:\r\n", ""),
      post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
      post(" Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      post("X: a\r\n Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      post("X: a\r\n\tb\r\n", ""),
      post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding: chunked\r\n X\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding\x0b: chunked\r\n", "0\r\n\r\n"),
      post("Transfer_Encoding: chunked\r\n", ""),
      post("Content_Length: 3\r\n", ""),
      post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"),
      post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"),
      post("Content-Length: 3, 3\r\n", "abc"),
      post("Content-Length: 3,4\r\n", "abc"),
      post("Content-Length: +3\r\n", "abc"),
      post("Content-Length: -1\r\n", ""),
      post("Content-Length: 0x3\r\n", "abc"),
      post("Content-Length: 3 3\r\n", "abc"),
      post("Content-Length: 3;a\r\n", "abc"),
      post("Content-Length: 3.0\r\n", "abc"),
      post("Content-Length: 18446744073709551616\r\n", ""),
      post("Content-Length: 99999999999999999999999\r\n", ""),
      post("Content-Length:\r\n", ""),
      post("Content-Length : 3\r\n", "abc"),
      post("Content-Length\r\n", ""),
      post("X: a\nContent-Length: 3\r\n", "abc"),
      post("X: a\rContent-Length: 3\r\n", "abc"),
      post(std::string("X: a\0b\r\n", 8), ""),
      post(std::string("X\0: a\r\n", 7), ""),
      post("X: a\x01\r\n", ""),
      post(": a\r\n", ""),
      post("a b: c\r\n", ""),
      "POST /echo HTTP/1.1\nHost: localhost\n\n",
      "POST /echo HTTP/1.1\r\nHost: localhost\r\n\n",
      "POST  /echo HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "POST /echo  HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "POST /echo HTTP/1.1 \r\nHost: localhost\r\n\r\n",
      "POST\t/echo\tHTTP/1.1\r\nHost: localhost\r\n\r\n",
      "POST /echo HTTP/1.2\r\nHost: localhost\r\n\r\n",
      "POST /echo http/1.1\r\nHost: localhost\r\n\r\n",
      "\r\nPOST /echo HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
      "POST /echo HTTP/1.1\r\n\r\n",
      "POST http://evil.example/echo HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "POST /echo HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post("Transfer-Encoding: chunked\r\n", "10000000000000000\r\nabc\r\n0\r\n\r\n"),
      post("Transfer-Encoding: chunked\r\n", "-1\r\nabc\r\n0\r\n\r\n"),
      post("Transfer-Encoding: chunked\r\n", "0x3\r\nabc\r\n0\r\n\r\n"),
      post("Transfer-Encoding: chunked\r\n", "3\nabc\r\n0\r\n\r\n"),
      post("Transfer-Encoding: chunked\r\n", "3\r\nabcd\r\n0\r\n\r\n"),
      post("Transfer-Encoding: chunked\r\n", "3\r\nabc0\r\n\r\n"),
      post("Transfer-Encoding: chunked\r\n", "\r\n3\r\nabc\r\n0\r\n\r\n"),
      post("Transfer-Encoding: chunked\r\n", "3;" + std::string(65'536, 'x') + "\r\nabc\r\n0\r\n\r\n"),
      post("Transfer-Encoding: chunked\r\n", "0\r\n" + std::string(65'536, 'x') + "\r\n\r\n")};
  for (const std::string& bytes : matrix) {
    const std::string said = attack(bytes);
    EXPECT_THAT(said, StartsWith("HTTP/1.1 400")) << bytes.substr(0, 200);
    EXPECT_THAT(said, HasSubstr("Connection: close")) << bytes.substr(0, 200);
    EXPECT_EQ(answers(said), 1U) << bytes.substr(0, 200);
  }
  EXPECT_EQ(smuggled, 0);
}

TEST_F(SmugglingTest, GivenASoundRequestBefore_WhenTheNextIsSound_ThenBothAreAnswered) {
  open();
  const std::vector<std::string> sound = {
      post("Content-Length: 3\r\n", "abc"), post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"),
      post("transfer-encoding: CHUNKED\r\n", "1\r\na\r\n02;x=y\r\nbc\r\n0\r\nTrailer: t\r\n\r\n"),
      post("Content-Length: 003\r\n", "abc")};
  for (const std::string& bytes : sound) {
    const std::string said = attack(bytes);
    EXPECT_EQ(answers(said), 2U) << bytes;
    EXPECT_THAT(said, HasSubstr("abc")) << bytes;
  }
  EXPECT_EQ(smuggled, static_cast<int>(sound.size()));
}

TEST_F(SmugglingTest, GivenAnInnocentBody_WhenItLooksLikeARequest_ThenItIsABody) {
  open();
  Client client = connect();
  client.send(post("Content-Length: " + std::to_string(hidden.size()) + "\r\n", hidden));
  EXPECT_EQ(client.reply().body, hidden);
  EXPECT_EQ(smuggled, 0);
}

TEST_F(SmugglingTest, GivenHeadsThatAreTooLarge_WhenSent_ThenTheStatusSaysWhatIs) {
  open();
  EXPECT_THAT(attack("GET /" + std::string(65'536, 'a') + " HTTP/1.1\r\nHost: localhost\r\n\r\n"),
              StartsWith("HTTP/1.1 414"));
  EXPECT_THAT(attack("GET /" + std::string(10'000, 'a') + " HTTP/1.1\r\nHost: localhost\r\n\r\n"),
              StartsWith("HTTP/1.1 414"));
  EXPECT_THAT(attack(post("X: " + std::string(65'536, 'a') + "\r\n", "")), StartsWith("HTTP/1.1 431"));
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "A" + std::to_string(i) + ": b\r\n";
  EXPECT_THAT(attack(post(many, "")), StartsWith("HTTP/1.1 431"));
  EXPECT_EQ(smuggled, 0);
}

TEST_F(SmugglingTest, GivenAnotherProtocol_WhenItSpeaks_ThenItIsRefusedAtOnce) {
  open();
  for (const std::string& bytes :
       {std::string("GET /smuggled\r\n"), std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), std::string("\0\0\0\0", 4),
        std::string("SSH-2.0-OpenSSH_9\r\n"), std::string("\xff\xfe\xfd junk \x80\x81")}) {
    Client client = connect();
    client.send(bytes);  // and no end: the answer must not wait for more
    EXPECT_THAT(client.rest(), StartsWith("HTTP/1.1 400"));
  }
  EXPECT_EQ(smuggled, 0);
}

TEST_F(SmugglingTest, GivenARefusedRequestWithABody_WhenTheNextRequestIsInIt_ThenItIsNotServed) {
  open();
  // The handler never reads the body: what follows must not be taken from the middle of it.
  const std::string body = std::string(100'000, ' ') + hidden;
  const std::string said =
      attack("POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) +
             "\r\n\r\n" + body);
  EXPECT_THAT(said, StartsWith("HTTP/1.1 404"));
  EXPECT_EQ(answers(said), 1U);
  EXPECT_EQ(smuggled, 0);
}

}  // namespace
}  // namespace cus::web
