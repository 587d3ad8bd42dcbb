// SPDX-License-Identifier: Apache-2.0
#pragma once
// Dials a listener's socket and says what the test tells it to, right or wrong.

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>
#include <string>

#include "cus/base/fd.hpp"

namespace cus::test {

inline std::string hello_line(const std::string& kind, const std::string& token = "",
                              const std::string& more = "") {
  std::string line = R"({"cus":{"min":1,"max":1},"kind":")" + kind + R"(","boot":")" + std::string(32, '1') +
                     R"(","build":"test")" + more;
  if (!token.empty()) line += R"(,"token":")" + token + "\"";
  return line + "}\n";
}

class FakeGuest {
 public:
  explicit FakeGuest(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
    if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      throw std::runtime_error("connect failed");
    }
  }
  void send(const std::string& bytes) const {
    (void)!::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  int fd() const { return socket_.get(); }
  void close() { socket_.reset(); }
  // What is there now, without waiting; "" also at the end.
  std::string received() const {
    std::string text(65536, '\0');
    const ssize_t got = ::recv(socket_.get(), text.data(), text.size(), MSG_DONTWAIT);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }
  bool closed_by_peer() const {
    char byte = 0;
    return ::recv(socket_.get(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0;
  }

 private:
  Fd socket_;
};

}  // namespace cus::test
