// SPDX-License-Identifier: Apache-2.0
#include "engine/native/launcher.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigprocmask() is POSIX
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "cus/base/json.hpp"
#include "engine/native/bwrap_options.hpp"

namespace cus::engine {
namespace {

using std::chrono::milliseconds;

constexpr auto start_limit = milliseconds(5'000);
constexpr auto exec_poll = std::chrono::microseconds(250);
constexpr std::size_t most_words = 2'000;
constexpr int child_failed = 125;

struct Pipe {
  Fd read;
  Fd write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) return std::unexpected(from_errno(errno, "pipe2"));
  return Pipe{.read = Fd(fds[0]), .write = Fd(fds[1])};
}

// Everything the child needs, made before it: it makes system calls only and borrows this process's memory.
struct ChildPlan {
  std::vector<char*> argv;
  std::vector<char*> envp;
  int null = -1;
  int error = -1;
  int seccomp = -1;
  int status = -1;
  int options = -1;
  std::span<const Fd> cgroups;
  bool change_user = false;
  Owner owner;
  rlim_t open_files = 0;
  rlim_t processes = 0;
};

// By system call: the library would change every thread of this process.
bool become(const Owner& owner) {
  return ::syscall(SYS_setgroups, 0, nullptr) == 0 &&
         ::syscall(SYS_setresgid, owner.gid, owner.gid, owner.gid) == 0 &&
         ::syscall(SYS_setresuid, owner.uid, owner.uid, owner.uid) == 0;
}

void set_limit(int resource, rlim_t value) {
  const rlimit limit{.rlim_cur = value, .rlim_max = value};
  ::syscall(SYS_prlimit64, 0, resource, &limit, nullptr);
}

void reset_signals() {
  constexpr std::array<unsigned long, 8> as_by_default{};
  for (int signal = 1; signal < NSIG; ++signal)
    ::syscall(SYS_rt_sigaction, signal, as_by_default.data(), nullptr, sizeof(std::uint64_t));
  sigset_t none;
  ::sigemptyset(&none);
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, sizeof(std::uint64_t));
}

// Where the groups' doors lie until they have been used.
constexpr int first_door = options_fd + 1;
constexpr std::size_t most_doors = 8;

// First out of the way, since any of them may lie where another one belongs. Nothing else stays open: this
// process's locks would outlive it for as long as joining a group takes.
void place_descriptors(const ChildPlan& plan) {
  constexpr int away = first_door + static_cast<int>(most_doors);
  const std::array targets = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, seccomp_fd, status_fd, options_fd};
  std::array sources = {plan.null, plan.null, plan.error, plan.seccomp, plan.status, plan.options};
  std::array<int, most_doors> doors{};
  const std::size_t count = std::min(plan.cgroups.size(), most_doors);
  for (int& source : sources) source = ::fcntl(source, F_DUPFD, away);
  for (std::size_t i = 0; i < count; ++i) doors.at(i) = ::fcntl(plan.cgroups[i].get(), F_DUPFD, away);
  for (std::size_t i = 0; i < sources.size(); ++i) ::dup2(sources.at(i), targets.at(i));
  for (std::size_t i = 0; i < count; ++i) ::dup2(doors.at(i), first_door + static_cast<int>(i));
  ::syscall(SYS_close_range, first_door + static_cast<int>(count), ~0U, 0U);
}

bool join_groups(std::size_t count) {
  for (std::size_t i = 0; i < std::min(count, most_doors); ++i) {
    if (::write(first_door + static_cast<int>(i), "0", 1) != 1) return false;
  }
  ::syscall(SYS_close_range, first_door, ~0U, 0U);
  return true;
}

void complain(std::string_view text) {
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

[[noreturn]] void become_bubblewrap(const ChildPlan& plan) {
  ::setsid();
  place_descriptors(plan);
  const bool joined = join_groups(plan.cgroups.size());
  set_limit(RLIMIT_CORE, 0);
  set_limit(RLIMIT_NOFILE, plan.open_files);
  if (plan.change_user && plan.processes > 0) set_limit(RLIMIT_NPROC, plan.processes);
  if (!joined) {
    complain("cannot join the control group");
  } else if (plan.change_user && !become(plan.owner)) {
    complain("cannot change the user");
  } else {
    reset_signals();
    ::execve(plan.argv.front(), plan.argv.data(), plan.envp.data());
    complain("cannot run bubblewrap");
  }
  ::_exit(child_failed);
}

// No handler of this process may run in the child, whose memory is this process's.
pid_t start_child(const ChildPlan& plan) {
  // NOLINTBEGIN(clang-analyzer-security.insecureAPI.vfork,clang-analyzer-unix.Vfork,bugprone-unsafe-functions):
  // a fork of a large process is slow, and posix_spawn changes no user
  const pid_t pid = ::vfork();
  if (pid == 0) become_bubblewrap(plan);
  // NOLINTEND(clang-analyzer-security.insecureAPI.vfork,clang-analyzer-unix.Vfork,bugprone-unsafe-functions)
  return pid;
}

pid_t start_child_undisturbed(const ChildPlan& plan) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = start_child(plan);
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return pid;
}

// A line from the pipe, or "" at its end or when it takes too long.
std::string read_line(int fd, std::chrono::steady_clock::time_point deadline) {
  std::string text;
  std::array<char, 512> chunk{};
  while (!text.contains('\n') && text.size() < most_words) {
    pollfd pipe{.fd = fd, .events = POLLIN, .revents = 0};
    const auto left =
        std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    if (left <= 0 || ::poll(&pipe, 1, static_cast<int>(left)) == 0) return {};
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return {};
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return text.substr(0, text.find('\n'));
}

// What was said until now; whoever else holds the pipe is not waited for.
std::string read_present(int fd) {
  std::array<char, most_words> text{};
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  const ssize_t got = ::read(fd, text.data(), text.size());
  return got > 0 ? std::string(text.data(), static_cast<std::size_t>(got)) : std::string();
}

// Bubblewrap tells the process's number before it has set up its world: wait until it runs the program.
bool runs_program(const ProcessId& process, std::string_view program,
                  std::chrono::steady_clock::time_point deadline) {
  const Result<Fd> handle = open_process(process);
  const std::string name(program.substr(program.rfind('/') + 1).substr(0, 15));
  while (handle && std::chrono::steady_clock::now() < deadline) {
    if (program_of(process.pid) == name) return true;
    if (wait_for_end(handle->get(), exec_poll)) return false;
  }
  return false;
}

// Of an ordinary user, who has others outside: the kernel counts them in each user namespace, so this is for
// a process that has its own by now.
bool limit_processes(pid_t pid, std::int64_t processes) {
  const auto most = static_cast<rlim_t>(processes);
  const rlimit limit{.rlim_cur = most, .rlim_max = most};
  return processes == 0 || ::syscall(SYS_prlimit64, pid, RLIMIT_NPROC, &limit, nullptr) == 0;
}

}  // namespace

Result<Waiting> start_waiting(const Start& start) {
  Result<Pipe> error = make_pipe();
  Result<Pipe> status = make_pipe();
  if (!error) return std::unexpected(error.error());
  if (!status) return std::unexpected(status.error());
  // Not a pipe: writing to one that nobody reads ends a process.
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return std::unexpected(from_errno(errno, "socketpair"));
  Fd options(ends[0]);
  const Fd reader(ends[1]);
  const Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  // Opened anew, so that each reader starts at its beginning.
  const Fd seccomp(::open(("/proc/self/fd/" + std::to_string(start.seccomp)).c_str(), O_RDONLY | O_CLOEXEC));
  if (!null || !seccomp) return std::unexpected(from_errno(errno, "open"));
  std::vector<std::string> words = {start.bwrap, "--args", std::to_string(options_fd), "--"};
  words.insert(words.end(), start.command.begin(), start.command.end());
  std::string mark = std::string(mark_name) + "=" + start.mark;
  ChildPlan plan{.argv = {},
                 .envp = {mark.data(), nullptr},
                 .null = null.get(),
                 .error = error->write.get(),
                 .seccomp = seccomp.get(),
                 .status = status->write.get(),
                 .options = reader.get(),
                 .cgroups = start.cgroups,
                 .change_user = ::geteuid() == 0,
                 .owner = start.owner,
                 .open_files = start.open_files,
                 .processes = static_cast<rlim_t>(start.processes)};
  for (std::string& word : words) plan.argv.push_back(word.data());
  plan.argv.push_back(nullptr);
  const pid_t pid = start_child_undisturbed(plan);
  if (pid < 0) return std::unexpected(from_errno(errno, "vfork"));
  return Waiting{.pid = pid,
                 .monitor = Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))),
                 .options = std::move(options),
                 .status = std::move(status->read),
                 .error = std::move(error->read),
                 .processes = plan.change_user ? 0 : start.processes};
}

Result<ProcessId> let_go(Waiting waiting, const std::vector<std::string>& options, std::string_view program) {
  std::string text;
  for (const std::string& word : options) text.append(word).push_back('\0');
  // It fits into the socket's buffer; if bubblewrap is gone, the status says so.
  static_cast<void>(::send(waiting.options.get(), text.data(), text.size(), MSG_NOSIGNAL));
  waiting.options.reset();
  const auto deadline = std::chrono::steady_clock::now() + start_limit;
  const Result<Json> told = parse_json(read_line(waiting.status.get(), deadline));
  const auto child = told ? get_int(*told, "child-pid") : std::nullopt;
  const bool own = child && parent_of(static_cast<pid_t>(*child)) == waiting.pid;
  const auto process = own ? identify(static_cast<pid_t>(*child)) : std::nullopt;
  if (process && limit_processes(process->pid, waiting.processes) &&
      runs_program(*process, program, deadline))
    return *process;
  // With it goes the sandbox's first process, which nothing else knows.
  if (waiting.monitor) static_cast<void>(send_signal(waiting.monitor.get(), SIGKILL));
  if (process) {
    if (const Result<Fd> handle = open_process(*process))
      static_cast<void>(send_signal(handle->get(), SIGKILL));
  }
  return std::unexpected(explain_launch_failure(read_present(waiting.error.get())));
}

}  // namespace cus::engine
