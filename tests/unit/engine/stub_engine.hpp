// SPDX-License-Identifier: Apache-2.0
#pragma once
// An engine on a unix socket that answers whatever a test wants it to: to inject faults no real engine shows
// on demand. It says /version and /_ping by itself unless the test's handler does.

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cus/engine/docker.hpp"

namespace cus::test {

struct Seen {
  std::string method;
  std::string target;
  std::string body;
  int connection = 0;  // 1 for the first one accepted
};

struct Reply {
  enum class Way { whole, byte_by_byte, never };
  enum class Then { keep, close };
  std::string bytes;
  Way way = Way::whole;
  Then then = Then::keep;
};

Reply answer(int status, const std::string& body = "", const std::string& headers = "");
Reply silence();
Reply hang_up(std::string bytes = {});

using Handler = std::function<std::optional<Reply>(const Seen&)>;

class StubEngine {
 public:
  StubEngine(boost::asio::io_context& loop, Handler handler);
  StubEngine(const StubEngine&) = delete;
  StubEngine& operator=(const StubEngine&) = delete;
  ~StubEngine();

  // Short deadlines, so that a test of what never comes ends soon.
  engine::DockerOptions options() const;
  const std::vector<Seen>& seen() const;
  std::size_t count(std::string_view method, std::string_view target_part) const;
  // What GET /version says from now on.
  void become(const std::string& oldest_api, const std::string& newest_api, const std::string& server);
  void close_idle_connections();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace cus::test
