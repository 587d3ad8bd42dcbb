# SPDX-License-Identifier: Apache-2.0
"""Ending the server: running calls get their answers, sandboxes stay or stop by setting, one owner a data root."""

import os
import signal
import time

import pytest

from harness.server import Server
from harness.together import behind
from harness.wait import wait_for


def begin_call(server, chat, command):
    """A call that is known to run."""
    server.run(chat, "true")
    home = server.home_of(chat)
    call = behind(server.run, chat, f"touch began; {command}")
    wait_for(lambda: os.path.exists(f"{home}/began"))
    return call


def test_given_a_running_call_when_the_server_is_terminated_then_it_is_answered_first(make_server, chat):
    server = make_server()
    call = begin_call(server, chat, "sleep 2; echo done")
    assert server.stop(signal.SIGTERM) == 0
    assert call.result(5) == "done\n[exit 0]"


def test_given_a_long_call_when_the_grace_is_over_then_the_call_is_told_so(make_server, chat):
    server = make_server(SHUTDOWN_GRACE_SECONDS="1")
    server.run(chat, "true")
    client = server.mcp(chat)
    call = behind(client.call, "bash_tool", {"command": "sleep 100"})
    wait_for(lambda: "sleep 100" in server.run(chat, "pgrep -a sleep"))
    assert server.stop(signal.SIGTERM) == 0
    assert "shutting down" in call.result(5).error()["message"]


@pytest.mark.parametrize("stop, state", [("false", "running"), ("true", "stopped")])
def test_given_a_sandbox_when_the_server_ends_then_the_setting_decides_on_it(make_server, chat, stop, state):
    server = make_server(STOP_SANDBOXES_ON_EXIT=stop)
    server.run(chat, "touch /tmp/before")
    sandbox = server.sandbox_of(chat)
    assert server.stop() == 0
    assert server.engine.state(sandbox) == state
    server.start()
    text = server.run(chat, "ls /tmp/before 2>/dev/null")
    assert text.startswith("/tmp/before") == (state == "running"), text


def test_given_a_data_root_in_use_when_a_second_server_starts_then_it_says_who_has_it(make_server, engine, chat):
    first = make_server()
    second = Server(engine, {}, first.data_root)
    code, said = second.start(expect_failure=True)
    assert code == 1 and first.data_root in said and "server" in said, said
    assert first.run(chat, "echo fine") == "fine\n[exit 0]"


def test_given_the_first_sandbox_is_being_tried_when_the_server_ends_then_it_ends_soon_and_leaves_none(engine):
    server = Server(engine, {})
    try:
        server.start(probe=False)
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 4
        assert server.find_event("server.tasks_left") is None
        assert server.engine.sandboxes(server.query("select id from instance")[0][0]) == []
    finally:
        server.discard()
