# SPDX-License-Identifier: Apache-2.0
"""Time limits: the answer comes in time, and nothing that the command started is left, however it hid."""

import time

import pytest

from harness.wait import wait_for

HIDERS = {
    "plain": "sleep 3333",
    "trap-term": "trap '' TERM; sleep 3333; sleep 3333",
    "setsid": "setsid sleep 3333 & sleep 3333",
    "double-fork": "(setsid sh -c 'sleep 3333 & exit' &) ; sleep 3333",
    "deaf-daemon": "setsid python3 -c 'import os,signal,time; signal.signal(15,1); os.fork() and os._exit(0);"
                   " os.execvp(\"sleep\",[\"sleep\",\"3333\"])' & sleep 3333",
    "closed-pipes": "sleep 3333 >/dev/null 2>&1 </dev/null & sleep 3333",
}


@pytest.mark.parametrize("command", HIDERS.values(), ids=HIDERS)
def test_given_a_limit_of_1_s_when_a_tree_hides_from_it_then_the_answer_is_in_time_and_nothing_is_left(
        shared_server, chat, command):
    shared_server.run(chat, "true")
    began = time.monotonic()
    result = shared_server.mcp(chat).bash_result(f"echo partial; {command}", timeout_seconds=1)
    assert time.monotonic() - began < 1 + 3
    assert result["isError"] and result["_meta"]["exit_code"] == 124 and result["_meta"]["timed_out"]
    text = result["content"][0]["text"]
    assert text.startswith("partial\n") and "timed out after 1 second" in text
    wait_for(lambda: shared_server.run(chat, "pgrep -f '^sleep 3333' || echo none").startswith("none"), 2)


def test_given_a_detached_child_of_one_call_when_another_call_times_out_then_the_child_lives(shared_server, chat):
    shared_server.run(chat, "setsid sleep 4444 >/dev/null 2>&1 & echo")
    assert "timed out" in shared_server.run(chat, "sleep 3333", timeout_seconds=1)
    assert "sleep 4444" in shared_server.run(chat, "pgrep -af '^sleep'")
