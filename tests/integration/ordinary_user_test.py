# SPDX-License-Identifier: Apache-2.0
"""The server as an ordinary user without sudo, on a machine without Docker."""

import json
import os
import subprocess
import urllib.request

import pytest

from harness.only import NO_ROOT
from harness.origin import ADDRESS, Origin
from harness.server import Server

pytestmark = NO_ROOT

USER = 54_321


@pytest.fixture(scope="module")
def origin():
    found = Origin()
    yield found
    found.discard()


@pytest.fixture(scope="module")
def server(engine, origin):
    made = Server(engine, {"EGRESS_ALLOW_PRIVATE": origin.exceptions, "CONTAINER_PIDS_LIMIT": "100",
                           "CONTAINER_MEM_LIMIT": "256m"}).give_to(USER)
    made.start()
    yield made
    made.discard()


def test_given_an_ordinary_user_when_a_chat_is_used_then_its_computer_works_and_is_that_users(server, chat):
    assert server.run(chat, "id -un; echo kept > note; cat note") == "assistant\nkept\n[exit 0]"
    home = os.path.join(server.data_root, "chats", server.sandbox_of(chat).removeprefix("cus-"), "home")
    assert os.stat(os.path.join(home, "note")).st_uid == USER


def test_given_an_ordinary_user_when_programs_go_out_then_the_proxy_takes_them(server, origin, chat):
    assert server.run(chat, f"curl -fsS {origin.http}/hello.txt") == "hello from outside\n[exit 0]"
    text = server.run(chat, f"pip install -q --index-url {origin.http}/simple/ --trusted-host {ADDRESS} tinywheel"
                            " --break-system-packages 2>&1; python3 -c 'import tinywheel; print(tinywheel.answer)'")
    assert text.endswith("42\n[exit 0]"), text


def test_given_no_control_groups_when_a_command_takes_too_much_memory_then_it_is_ended_and_told_why(server, chat):
    result = server.mcp(chat).bash_result("python3 -c 'held = bytearray(400_000_000); import time; time.sleep(30)'")
    assert result["isError"] and "out of memory" in result["content"][0]["text"], result
    assert server.run(chat, "echo on") == "on\n[exit 0]"


def test_given_no_control_groups_when_readiness_is_asked_then_no_limit_is_promised(server):
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/readyz", timeout=10) as answer:
        ready = json.load(answer)
    assert ready["facts"]["engine"] == "native" and ready["facts"]["limits"] == []


def test_given_no_control_groups_when_doctor_is_asked_then_it_says_what_does_not_hold(server):
    checked = subprocess.run([server.program, "doctor"], env=server.environment(), cwd=server.home, user=USER, group=USER,
                             extra_groups=[], capture_output=True, text=True, timeout=60)
    assert checked.returncode == 0, checked.stdout
    for part in ("[OK]   engine: native", "The memory limit of a sandbox is kept by the guest only", "Not root:"):
        assert part in checked.stdout, checked.stdout
