// SPDX-License-Identifier: Apache-2.0
#include "tools/exit_line.hpp"

#include <gtest/gtest.h>

namespace cus::tools {
namespace {

using namespace std::chrono_literals;

struct EndCase {
  const char* name;
  guest::JobEnd end;
  const char* line;
  bool is_error;
};

guest::JobEnd exited(int code) {
  guest::JobEnd end;
  end.code = code;
  return end;
}

guest::JobEnd signalled(int signal) {
  guest::JobEnd end;
  end.signal = signal;
  return end;
}

guest::JobEnd with(guest::JobEnd end, void (*change)(guest::JobEnd&)) {
  change(end);
  return end;
}

std::vector<EndCase> cases() {
  return {
      {"Success", exited(0), "[exit 0]", false},
      {"Soft", exited(1), "[exit 1: No matches found]", false},
      {"Failure", exited(2), "[Exit code: 2]", true},
      {"Signal", signalled(9), "[Exit code: 137, killed by signal 9 (SIGKILL)]", true},
      {"UnnamedSignal", signalled(64), "[Exit code: 192, killed by signal 64 (signal 64)]", true},
      {"TimeLimit", with(signalled(15), [](guest::JobEnd& end) { end.timed_out = true; }),
       "[Exit code: 124, Command timed out after 7 seconds]", true},
      {"OutOfMemory", with(signalled(9), [](guest::JobEnd& end) { end.out_of_memory = true; }),
       "[Exit code: 137, killed by signal 9 (SIGKILL), out of memory: the sandbox reached its memory limit]",
       true},
      {"ChildOutOfMemory", with(exited(137), [](guest::JobEnd& end) { end.out_of_memory = true; }),
       "[Exit code: 137, out of memory: the sandbox reached its memory limit]", true},
      {"KilledByRequest", with(signalled(15), [](guest::JobEnd& end) { end.killed = "asked by the admin"; }),
       "[Exit code: 143, killed by signal 15 (SIGTERM), stopped: asked by the admin]", true},
      {"CouldNotStart", with({}, [](guest::JobEnd& end) { end.error = "No such file or directory"; }),
       "[Could not start: No such file or directory]", true},
  };
}

TEST(ExitLine, GivenAnEnd_WhenJudged_ThenTheLineSaysHowItEnded) {
  for (const EndCase& c : cases()) {
    const Verdict verdict = judge_end(c.end, "grep x f", "", 7s);
    EXPECT_EQ(verdict.line, c.line) << c.name;
    EXPECT_EQ(verdict.is_error, c.is_error) << c.name;
  }
}

TEST(ExitLine, GivenALostSupervisor_WhenJudged_ThenTheCommandIsInterrupted) {
  const Verdict verdict =
      judge_end(with(signalled(9), [](guest::JobEnd& end) { end.killed = "supervisor lost"; }), "x", "", 7s);
  EXPECT_EQ(verdict.line, judge_interrupted().line);
  EXPECT_TRUE(verdict.line.contains("interrupted"));
  EXPECT_TRUE(verdict.is_error);
}

}  // namespace
}  // namespace cus::tools
