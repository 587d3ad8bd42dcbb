# SPDX-License-Identifier: Apache-2.0
"""The server in compose, on the ordinary engine: the same journey as against a server on the host."""

import json
import os
import re
import secrets
import socket
import subprocess

import pytest

from harness.mcp import Mcp
from harness.wait import wait_for

KEY = "compose-key-" + secrets.token_hex(8)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Stack:
    """A project of its own, so that nobody's volumes or containers are touched."""

    def __init__(self):
        self.project = "cus-test-" + secrets.token_hex(4)
        self.port = free_port()
        self.environment = os.environ | {"MCP_PORT": str(self.port), "MCP_API_KEY": KEY, "DOCKER_IMAGE": os.environ["CUS_IMAGE"],
                                         "DOCKER_HOST": os.environ["CUS_DOCKER_SOCKET"]}

    def run(self, *arguments):
        return subprocess.run([os.environ["CUS_COMPOSE"], "-p", self.project, *arguments], env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=280)

    def up(self):
        started = self.run("up", "-d", "--no-build", "--wait", "--no-deps", "computer-use-server")
        assert started.returncode == 0, started.stderr + self.logs()

    def logs(self):
        return self.run("logs", "--no-color").stdout

    def inside(self, *arguments):
        return self.run("exec", "-T", "computer-use-server", "computer-use-server", *arguments)

    def down(self):
        for row in json.loads(self.inside("sandboxes", "list", "--json").stdout or "[]"):
            self.inside("sandboxes", "rm", row["chat"], "--files")
        self.run("down", "-v", "--timeout", "20")

    def mcp(self, chat):
        return Mcp(self.port, chat, KEY)


@pytest.fixture(scope="module")
def stack():
    made = Stack()
    try:
        made.up()
        yield made
    finally:
        made.down()


def test_given_compose_up_when_it_is_healthy_then_a_chat_runs_commands_in_its_own_sandbox(stack):
    mcp = stack.mcp("journey")
    assert mcp.initialize().result()["serverInfo"]["name"] == "computer-use-server"
    assert mcp.bash("echo hi > note; cat note; whoami") == "hi\nassistant\n[exit 0]"
    assert "No such file" in stack.mcp("another").bash("cat note")


def test_given_no_key_when_called_then_it_is_refused(stack):
    assert Mcp(stack.port, "journey").initialize().status == 401


def test_given_the_server_container_is_replaced_when_a_job_runs_then_it_goes_on_and_files_stay(stack):
    mcp = stack.mcp("survivor")
    mcp.bash("touch kept; (while :; do date +%s%N > beat; sleep 0.1; done) > /dev/null 2>&1 &")
    stack.run("restart", "--timeout", "20", "computer-use-server")
    wait_for(lambda: stack.inside("healthcheck").returncode == 0, 60, 0.5)
    again = stack.mcp("survivor")
    text = again.bash("ls; cp beat first; sleep 0.5; cmp -s beat first || echo beating")
    assert "kept" in text and "beating" in text, text


def test_given_doctor_inside_when_it_runs_then_the_probe_sandbox_calls_home(stack):
    text = stack.inside("doctor").stdout
    assert re.search(r"\[OK\] +probe sandbox", text), text


def test_given_the_way_out_when_a_sandbox_asks_for_a_private_address_then_it_is_refused_with_a_reason(stack):
    text = stack.mcp("journey").bash("curl -sS -m 10 http://10.0.0.1/")
    assert "Egress refused" in text
