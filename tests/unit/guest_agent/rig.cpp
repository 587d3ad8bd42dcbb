// SPDX-License-Identifier: Apache-2.0
#include "rig.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <stdexcept>

#include "cus/base/id.hpp"

namespace cus::test {
namespace {

constexpr int limit_ms = 20'000;

void wait_for(int fd, short events) {
  pollfd waiting{fd, events, 0};
  if (::poll(&waiting, 1, limit_ms) <= 0) throw std::runtime_error("the guest said nothing in time");
}

pid_t only_child(pid_t parent) {
  std::ifstream children("/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children");
  pid_t child = 0;
  children >> child;
  return child;
}

}  // namespace

TempDirectory::TempDirectory() {
  std::string pattern = std::filesystem::temp_directory_path() / "cus-guest-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
  path_ = pattern;
  std::filesystem::permissions(path_, std::filesystem::perms::all);
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

bool Wire::fill() {
  wait_for(fd_.get(), POLLIN);
  std::array<char, 65536> chunk;
  const ssize_t got = ::read(fd_.get(), chunk.data(), chunk.size());
  if (got <= 0) return false;
  buffer_.append(chunk.data(), static_cast<std::size_t>(got));
  return true;
}

bool Wire::try_write(std::string_view bytes) {
  while (!bytes.empty()) {
    wait_for(fd_.get(), POLLOUT);
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Wire::write(std::string_view bytes) {
  if (!try_write(bytes)) throw std::runtime_error("the guest closed the connection");
}

std::string Wire::read_line() {
  std::size_t end = 0;
  while ((end = buffer_.find('\n')) == std::string::npos) {
    if (!fill()) throw std::runtime_error("the guest closed the connection");
  }
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  return line;
}

std::string Wire::read(std::size_t size) {
  while (buffer_.size() < size) {
    if (!fill()) throw std::runtime_error("the guest closed the connection");
  }
  std::string bytes = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return bytes;
}

std::string Wire::read_all() {
  while (fill()) {
  }
  return std::move(buffer_);
}

void Wire::shutdown_send() {
  ::shutdown(fd_.get(), SHUT_WR);
}

Frame Attached::next() {
  const std::string bytes = wire_->read(guest::frame_header_bytes);
  std::array<char, guest::frame_header_bytes> header{};
  std::copy(bytes.begin(), bytes.end(), header.begin());
  const guest::FrameHeader decoded = guest::decode_frame_header(header);
  if (decoded.size > guest::max_frame_bytes) throw std::runtime_error("the guest sent too large a frame");
  return {decoded.type, wire_->read(decoded.size)};
}

void Attached::send(guest::FrameType type, std::string_view payload) {
  const auto header = guest::encode_frame_header({type, static_cast<std::uint32_t>(payload.size())});
  wire_->write(std::string(header.data(), header.size()) + std::string(payload));
}

Outcome Attached::finish(const std::function<void(const Frame&)>& look) {
  Outcome outcome;
  for (;;) {
    Frame frame = next();
    if (look) look(frame);
    if (frame.type == guest::FrameType::output) {
      outcome.output += frame.payload.substr(8);
    } else if (frame.type == guest::FrameType::error) {
      outcome.error += frame.payload.substr(8);
    } else if (frame.type == guest::FrameType::end) {
      outcome.end = json::parse(frame.payload);
      return outcome;
    } else {
      outcome.others.push_back(std::move(frame));
    }
  }
}

Rig::Rig(Place place, std::vector<std::string> more_arguments) : token_(random_hex(guest::token_bytes)) {
  std::filesystem::create_directory(directory() / "home");
  std::filesystem::permissions(directory() / "home", std::filesystem::perms::all);
  listen();
  start_guest(place, more_arguments);
  try {
    while (!control_) accept_next();
  } catch (...) {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    throw;
  }
  guest_ = place == Place::process ? child_ : only_child(child_);
}

Rig::~Rig() {
  if (child_ > 0) stop();
}

void Rig::listen() {
  const std::string path = directory() / "server.sock";
  ::unlink(path.c_str());
  listener_ = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::chmod(path.c_str(), 0666) != 0 || ::listen(listener_.get(), 128) != 0) {
    throw std::runtime_error("cannot listen");
  }
}

void Rig::start_guest(Place place, const std::vector<std::string>& more_arguments) {
  std::vector<std::string> argv;
  if (place == Place::pid_space) {
    argv = {"unshare", "--pid", "--fork", "--mount-proc", "--kill-child"};
    if (::geteuid() == 0) {
      const std::vector<std::string> drop = {"setpriv",        "--reuid=1000",    "--regid=1000",
                                             "--clear-groups", "--inh-caps=-all", "--bounding-set=-all",
                                             "--no-new-privs"};
      argv.insert(argv.end(), drop.begin(), drop.end());
    } else {
      argv.insert(argv.end(), {"--user", "--map-current-user"});
    }
  }
  const std::string here = directory();
  const std::vector<std::string> command = {CUS_GUEST_PROGRAM, "--socket",    here + "/server.sock", "--home",
                                            here + "/home",    "--spool-dir", here + "/spool"};
  argv.insert(argv.end(), command.begin(), command.end());
  const std::vector<std::string> no_ports = {"--http-port", "0", "--socks-port", "0"};
  const auto& rest = more_arguments.empty() ? no_ports : more_arguments;
  argv.insert(argv.end(), rest.begin(), rest.end());
  std::vector<char*> pointers;
  for (std::string& argument : argv) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  if (::posix_spawnp(&child_, pointers[0], nullptr, nullptr, pointers.data(), environ) != 0) {
    throw std::runtime_error("cannot start the guest");
  }
}

bool Rig::connection_waits() const {
  pollfd waiting{listener_.get(), POLLIN, 0};
  return ::poll(&waiting, 1, 0) > 0;
}

void Rig::accept_next() {
  wait_for(listener_.get(), POLLIN);
  accept_one();
}

// A connection that was not answered in time, since the test was busy elsewhere, the guest has given up on.
void Rig::accept_one() {
  auto wire = std::make_unique<Wire>(Fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
  const json hello = json::parse(wire->read_line());
  json answer = {{"ok", true}, {"version", 1}};
  if (!hello.contains("token")) {
    answer["token"] = token_;
  } else if (hello["token"] != token_) {
    throw std::runtime_error("the guest said a wrong token");
  }
  if (!wire->try_write(answer.dump() + "\n")) return;
  hellos_.push_back(hello);
  const std::string kind = hello.at("kind");
  if (kind == guest::kind_control) control_ = std::move(wire);
  if (kind == guest::kind_work) idle_.push_back(std::move(wire));
  if (kind == guest::kind_egress) egress_.push_back(std::move(wire));
}

std::unique_ptr<Wire> Rig::take(std::string_view kind) {
  while (connection_waits()) accept_one();
  auto& from = kind == guest::kind_work ? idle_ : egress_;
  while (from.empty()) accept_next();
  std::unique_ptr<Wire> wire = std::move(from.front());
  from.pop_front();
  return wire;
}

void Rig::restart_server() {
  listener_.reset();
  control_.reset();
  idle_.clear();
  egress_.clear();
  listen();
  while (!control_) accept_next();
}

namespace {

struct Head {
  int status = 0;
  std::size_t length = 0;
};

Head read_head(Wire& wire) {
  Head head;
  head.status = std::stoi(wire.read_line().substr(9, 3));
  for (std::string line; (line = wire.read_line()) != "\r";) {
    constexpr std::string_view name = "Content-Length: ";
    if (line.starts_with(name)) head.length = std::stoul(line.substr(name.size()));
  }
  return head;
}

std::string format(const std::string& method, const std::string& target, const std::string& upgrade,
                   const json& body) {
  const std::string text = body.is_null() ? "" : body.dump();
  std::string request = method + " " + target +
                        " HTTP/1.1\r\nHost: guest\r\nContent-Length: " + std::to_string(text.size()) + "\r\n";
  if (!upgrade.empty()) request += "Connection: Upgrade\r\nUpgrade: " + upgrade + "\r\n";
  return request + "\r\n" + text;
}

Reply read_reply(Wire& wire, const Head& head) {
  const std::string text = wire.read(head.length);
  return {head.status, text.empty() ? json() : json::parse(text)};
}

}  // namespace

Reply Rig::request(const std::string& method, const std::string& target, const json& body) {
  auto wire = take(guest::kind_work);
  wire->write(format(method, target, "", body));
  Reply reply = read_reply(*wire, read_head(*wire));
  give_back(std::move(wire));
  return reply;
}

Rig::Upgrade Rig::upgrade(const std::string& target, std::string_view protocol, const json& body) {
  auto wire = take(guest::kind_work);
  wire->write(format(body.is_null() ? "GET" : "POST", target, std::string(protocol), body));
  const Head head = read_head(*wire);
  if (head.status == 101) return {std::move(wire), {}};
  Upgrade refused{nullptr, read_reply(*wire, head)};
  give_back(std::move(wire));
  return refused;
}

std::unique_ptr<Attached> Rig::attach(const std::string& target, const json& body) {
  Upgrade upgraded = upgrade(target, guest::upgrade_job, body);
  if (!upgraded.wire) throw std::runtime_error("refused: " + upgraded.refusal.body.dump());
  return std::make_unique<Attached>(std::move(upgraded.wire));
}

Outcome Rig::run_spec(const json& spec) {
  const auto job = start(spec);
  Outcome outcome = job->finish();
  job->send(guest::FrameType::done);
  give_back(job->release());
  return outcome;
}

json Rig::spec(const std::string& script) {
  return {{"id", new_job_id().str()},
          {"argv", {"bash"}},
          {"script", script},
          {"cwd", "/"},
          {"env", {{"PATH", "/usr/local/bin:/usr/bin:/bin"}}}};
}

int Rig::stop() {
  ::kill(guest_, SIGTERM);
  int status = 0;
  ::waitpid(child_, &status, 0);
  child_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void wait_until(const std::function<bool()>& ready) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(limit_ms);
  while (!ready()) {
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("it did not come to pass in time");
    ::poll(nullptr, 0, 1);
  }
}

bool process_alive(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(stat, text)) return false;
  return text.substr(text.rfind(')') + 2, 1) != "Z";
}

}  // namespace cus::test
