# SPDX-License-Identifier: Apache-2.0
"""A sandbox from any state: the next call brings it back, and says what was lost."""

import os
import time

import pytest

from harness.together import behind
from harness.wait import wait_for

NEWS = "has been started again"


@pytest.fixture
def used(shared_server, chat):
    """A sandbox with a file at home and one in /tmp; its name."""
    shared_server.run(chat, "echo home > note; echo tmp > /tmp/note")
    return shared_server.sandbox_of(chat)


def change_from_outside(engine, sandbox, state):
    {"stopped": engine.stop, "created": engine.recreate, None: engine.remove, "killed": engine.kill}[state](sandbox)


@pytest.mark.parametrize("state", ["stopped", "created", None, "killed"])
def test_given_a_sandbox_changed_from_outside_when_a_call_comes_then_it_heals_and_tells(
        shared_server, chat, used, state):
    change_from_outside(shared_server.engine, used, state)
    text = shared_server.run(chat, "cat note; cat /tmp/note 2>/dev/null || echo lost")
    assert NEWS in text.splitlines()[0]
    assert text.endswith("home\nlost\n[exit 0]")
    assert shared_server.run(chat, "echo again") == "again\n[exit 0]"


def test_given_a_paused_sandbox_when_a_call_comes_then_it_goes_on_with_nothing_lost(shared_server, chat, used):
    shared_server.engine.pause(used)
    quiet_since = time.monotonic()
    wait_for(lambda: time.monotonic() > quiet_since + 0.5)  # a guest that has just spoken is not asked again
    assert shared_server.run(chat, "cat note /tmp/note") == "home\ntmp\n[exit 0]"
    assert shared_server.engine.state(used) == "running"


def test_given_a_running_command_when_its_sandbox_is_killed_then_the_answer_says_interrupted(
        shared_server, chat, used):
    call = behind(shared_server.mcp(chat).bash_result, "touch began; sleep 60")
    wait_for(lambda: os.path.exists(f"{shared_server.home_of(chat)}/began"))
    shared_server.engine.kill(used)
    result = call.result(40)
    assert result["isError"] and "interrupted" in result["content"][0]["text"]
    assert result["_meta"]["exit_code"] is None
