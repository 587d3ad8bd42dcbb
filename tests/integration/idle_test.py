# SPDX-License-Identifier: Apache-2.0
"""Idle by the server's own clock: calls and jobs keep a sandbox awake, what they left behind does not."""

import os
import subprocess

import pytest

from harness.wait import wait_for


@pytest.fixture(scope="module")
def hasty(engine):
    """A server that stops a sandbox two seconds after its last use."""
    from harness.server import Server

    server = Server(engine, {"CONTAINER_IDLE_TIMEOUT": "2"})
    server.start()
    yield server
    server.discard()


def stopped(server, chat):
    return server.engine.state(server.sandbox_of(chat)) == "stopped"


def boot(server, chat):
    return server.engine.boot(server.sandbox_of(chat))


def test_given_an_idle_sandbox_when_its_time_is_over_then_it_stops_and_the_next_call_starts_it(hasty, chat):
    hasty.run(chat, "echo kept > note")
    wait_for(lambda: stopped(hasty, chat), 20)
    text = hasty.run(chat, "cat note")
    assert text.startswith("[Note: ") and text.endswith("kept\n[exit 0]")


def test_given_a_call_longer_than_the_idle_time_when_it_runs_then_the_sandbox_stays(hasty, chat):
    hasty.run(chat, "true")
    before = boot(hasty, chat)
    assert hasty.run(chat, "sleep 5; echo done") == "done\n[exit 0]"
    assert boot(hasty, chat) == before


def test_given_a_job_whose_caller_has_gone_when_it_runs_then_the_sandbox_stays_until_it_ends(hasty, chat):
    hasty.run(chat, "true")
    before = boot(hasty, chat)
    reader = subprocess.Popen(
        [os.environ["CUS_SERVER"], "exec", chat, "--", "sh", "-c", "touch began; sleep 5; touch ended"],
        env=hasty.environment(), stdin=subprocess.DEVNULL)
    wait_for(lambda: hasty.run(chat, "ls").startswith("began"))
    reader.kill()
    reader.wait(10)
    wait_for(lambda: stopped(hasty, chat), 25)
    assert os.path.exists(f"{hasty.home_of(chat)}/ended")
    assert boot(hasty, chat) == before


def test_given_a_leftover_of_an_ended_call_when_the_time_is_over_then_the_sandbox_stops(hasty, chat):
    assert "sleep" in hasty.run(chat, "sleep 300 & echo hi")
    wait_for(lambda: stopped(hasty, chat), 20)
