# SPDX-License-Identifier: Apache-2.0
"""A call while it runs: progress for every kind of token, cancelling, and clients that just leave."""

import time

import pytest

from harness.events import Stream
from harness.together import behind
from harness.wait import wait_for

TREE = "(setsid sleep 1111 &) ; (trap '' TERM; sleep 1111; sleep 1111) & sleep 1111"


def tool_call(command, mark, token=None):
    params = {"name": "bash_tool", "arguments": {"command": command}}
    if token is not None:
        params["_meta"] = {"progressToken": token}
    return {"jsonrpc": "2.0", "id": mark, "method": "tools/call", "params": params}


def count(server, chat, pattern):
    return int(server.run(chat, f"pgrep -cf '^{pattern}'").splitlines()[0])


@pytest.mark.parametrize("token", [0, "", "a-token", 7], ids=repr)
def test_given_a_progress_token_when_a_command_prints_then_progress_rises_and_the_result_is_last(
        shared_server, chat, token):
    shared_server.run(chat, "true")
    stream = Stream(shared_server.mcp(chat), tool_call("for i in 1 2 3; do echo step $i; sleep 0.4; done", 5, token))
    assert stream.is_stream()
    *progress, last = stream.rest()
    assert last["id"] == 5 and last["result"]["content"][0]["text"] == "step 1\nstep 2\nstep 3\n[exit 0]"
    assert progress and all(note["method"] == "notifications/progress" for note in progress)
    tokens = [note["params"]["progressToken"] for note in progress]
    assert tokens == [token] * len(progress) and all(type(found) is type(token) for found in tokens)
    values = [note["params"]["progress"] for note in progress]
    assert all(a < b for a, b in zip(values, values[1:]))
    assert any("step" in note["params"]["message"] for note in progress)


def test_given_no_token_when_a_command_prints_then_the_answer_is_plain_json(shared_server, chat):
    answer = shared_server.mcp(chat).call("bash_tool", {"command": "echo a; sleep 1; echo b"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.result()["content"][0]["text"] == "a\nb\n[exit 0]"


def test_given_a_running_tree_when_it_is_cancelled_then_it_is_gone_in_5_s_and_others_go_on(shared_server, chat):
    other = behind(shared_server.mcp(chat).post, tool_call("sleep 2222", 1))
    call = behind(shared_server.mcp(chat).post, tool_call(TREE, "mine"))
    wait_for(lambda: count(shared_server, chat, "sleep 1111") == 3 and count(shared_server, chat, "sleep 2222") == 1)
    began = time.monotonic()
    assert shared_server.mcp(chat).notify("notifications/cancelled", {"requestId": "mine"}).status == 202
    wait_for(lambda: count(shared_server, chat, "sleep 1111") == 0, 5)
    assert call.result(5).messages() == [] and time.monotonic() - began < 6
    assert count(shared_server, chat, "sleep 2222") == 1 and not other.done()
    shared_server.mcp(chat).notify("notifications/cancelled", {"requestId": 1})
    other.result(10)


def test_given_another_chat_when_it_cancels_the_same_id_then_nothing_happens(shared_server, chat):
    shared_server.run(chat, "true")
    call = behind(shared_server.mcp(chat).post, tool_call("touch began; sleep 1; echo done", 1))
    wait_for(lambda: "began" in shared_server.run(chat, "ls"))
    assert shared_server.mcp(chat + "-other").notify("notifications/cancelled", {"requestId": 1}).status == 202
    assert call.result(10).result()["content"][0]["text"] == "done\n[exit 0]"


def test_given_a_client_that_leaves_when_the_command_runs_then_its_work_goes_on(shared_server, chat):
    shared_server.run(chat, "true")
    command = "touch began; until [ -e gone ]; do sleep 0.1; done; echo finished > result"
    stream = Stream(shared_server.mcp(chat), tool_call("echo now; " + command, 1, "t"))
    assert stream.next()["method"] == "notifications/progress"
    stream.leave()
    shared_server.run(chat, "touch gone")
    wait_for(lambda: shared_server.run(chat, "cat result 2>/dev/null").startswith("finished"))
