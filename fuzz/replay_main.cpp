// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target on every file of the folders it is given, without a fuzzing engine. Each file has a
// limit of processor time, and the whole process one of memory. The last line printed names the file that
// failed.

#include <sys/resource.h>
#include <sys/time.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

// NOLINTNEXTLINE(readability-identifier-naming): the name that libFuzzer gives it
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr time_t most_seconds = 5;
constexpr long most_kibibytes = 512L * 1024;

std::vector<std::filesystem::path> files_of(const char* folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::vector<std::uint8_t> content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// SIGPROF ends the process: counted is its own time, however busy the machine is.
void limit_time(time_t seconds) {
  itimerval timer{};
  timer.it_value.tv_sec = seconds;
  ::setitimer(ITIMER_PROF, &timer, nullptr);
}

long peak_kibibytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t count = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& file : files_of(argv[i])) {
      std::cout << file.string() << std::endl;
      const std::vector<std::uint8_t> input = content_of(file);
      limit_time(most_seconds);
      LLVMFuzzerTestOneInput(input.data(), input.size());
      limit_time(0);
      ++count;
      if (peak_kibibytes() <= most_kibibytes) continue;
      std::cout << "The process took more than 512 MiB." << std::endl;
      return 1;
    }
  }
  std::cout << count << " files" << std::endl;
  return count == 0 ? 1 : 0;
}
