// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "cus/web/metrics.hpp"

namespace cus::web {
namespace {

using Seconds = std::chrono::duration<double>;

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double total = 0;
  double resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_descriptors() {
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator it("/proc/self/fd", error), end; !error && it != end;
       it.increment(error)) {
    ++count;
  }
  return count - 1;  // the one that was reading
}

struct Start {
  std::chrono::steady_clock::time_point steady = std::chrono::steady_clock::now();
  std::chrono::system_clock::time_point wall = std::chrono::system_clock::now();
};

void write(MetricWriter& writer, const Start& start) {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  writer.gauge("process_resident_memory_bytes", "Memory of this process.", resident_bytes());
  writer.gauge("process_open_fds", "Descriptors open.", open_descriptors());
  writer.gauge("process_max_fds", "Descriptors allowed.", static_cast<double>(files.rlim_cur));
  writer.counter("process_cpu_seconds_total", "Processor time used.",
                 seconds_of(used.ru_utime) + seconds_of(used.ru_stime));
  writer.gauge("process_start_time_seconds", "When it began, in Unix time.",
               Seconds(start.wall.time_since_epoch()).count());
  writer.gauge("cus_uptime_seconds", "How long it has been running.",
               Seconds(std::chrono::steady_clock::now() - start.steady).count());
}

}  // namespace

Metrics::Source process_metrics() {
  return [start = Start()](MetricWriter& writer) { write(writer, start); };
}

}  // namespace cus::web
