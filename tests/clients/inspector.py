# SPDX-License-Identifier: Apache-2.0
"""MCP Inspector on the command line: one process a step, its exit code, and what it printed."""

import json
import signal
import time

from harness.wait import wait_for
from programs import MODULES, NODE_22, run, start

PROGRAM = MODULES / "@modelcontextprotocol" / "inspector" / "clients" / "launcher" / "build" / "index.js"


class Inspector:
    def __init__(self, visit, era):
        self.visit = visit
        self.era = era

    def command(self, method, *options, key=None):
        return [NODE_22, PROGRAM, "--cli", "--server-url", self.visit.url, "--transport", "http", "--format", "json",
                "--protocol-era", self.era, "--header", f"Authorization: Bearer {key or self.visit.key}",
                "--header", f"X-Chat-Id: {self.visit.chat}", "--method", method, *options]

    def run(self, method, *options, key=None):
        done = run(self.command(method, *options, key=key), self.visit.home)
        answer = json.loads(done.stdout) if done.stdout.startswith("{") else {}
        return {"code": done.returncode, "said": done.stderr[-3000:]} | answer

    def call(self, tool, arguments, *options):
        return self.run("tools/call", *of_tool(tool, arguments), *options)

    def bash(self, command, *options):
        return self.call("bash_tool", {"command": command}, *options)

    def interrupted(self):
        """What becomes of a command when the person presses Ctrl-C."""
        with start(self.command("tools/call", *of_tool("bash_tool", {"command": "sleep 4321"})), self.visit.home) as process:
            wait_for(lambda: self.visit.runs("sleep 4321"), 20)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)
        return self.visit.end_of("sleep 4321")

    def take_steps(self):
        return {
            "list": self.run("tools/list"),
            "strict": self.run("tools/list", "--strict"),
            "call": self.bash("echo hi; id -un"),
            "progress": self.bash("for i in 1 2 3; do echo part $i; sleep 0.4; done"),
            "cancel": self.interrupted(),
            "failing-command": self.bash("echo oops >&2; exit 3"),
            "bad-argument": self.call("bash_tool", {"command": 7}),
            "unknown-tool": self.call("no_such_tool", {}),
            "wrong-key": self.run("tools/list", key="wrong-key-0123456789abcdef"),
            "load": self.bash("true", "--load", "--load-requests", "40", "--load-concurrency", "8"),
        }


def of_tool(tool, arguments):
    return ["--tool-name", tool, "--tool-args-json", json.dumps(arguments)]
