# SPDX-License-Identifier: Apache-2.0
"""A sandbox uses up what it is given: it hits its own limits, the server and other chats do not notice."""

import os
import time

import pytest

FULL = bool(os.environ.get("CUS_FULL"))


@pytest.fixture(scope="module")
def server(engine):
    from harness.server import Server
    server = Server(engine, {"CONTAINER_MEM_LIMIT": "256m", "CONTAINER_PIDS_LIMIT": "128", "CONTAINER_TMP_SIZE": "64m"}).start()
    yield server
    server.discard()


@pytest.mark.parametrize("flood", ["yes", "cat /dev/zero", "python3 -c 'import os\nwhile 1: os.write(1, b\"x\")'",
                                   "while :; do echo out; echo err >&2; done"], ids=["yes", "zero", "bytes", "mixed"])
def test_given_endless_output_when_the_time_limit_comes_then_head_and_tail_are_told_and_memory_stays(server, chat, flood):
    server.run(chat, "true")
    before = server.rss_kib()
    result = server.mcp(chat).bash_result(flood, timeout_seconds=60 if FULL else 4)
    text = result["content"][0]["text"]
    assert "timed out after" in text and len(text) < 33_000
    assert result["_meta"]["bytes"] > 10_000
    assert server.rss_kib() - before <= 8 * 1024


def test_given_a_fork_bomb_when_it_runs_then_others_work_and_the_chat_recovers(server, chat):
    server.run("other-" + chat, "true")
    bomber = server.mcp(chat)
    bomber.bash("cat > /tmp/bomb.sh <<'EOF'\nb() { b | b & }; b; sleep 300\nEOF\ntrue")
    bomber.bash("timeout 20 bash /tmp/bomb.sh > /dev/null 2>&1 &")
    begin = time.monotonic()
    assert server.run("other-" + chat, "echo fine").startswith("fine")
    assert time.monotonic() - begin < 5
    deadline = time.monotonic() + 30
    while True:
        if server.run(chat, "echo back").startswith("back"):
            break
        assert time.monotonic() < deadline, "the chat did not recover within 30 s"


def test_given_a_memory_bomb_when_it_is_killed_then_the_result_says_memory_and_the_sandbox_lives(server, chat):
    server.run(chat, "touch /tmp/alive")
    result = server.mcp(chat).bash_result("python3 -c 'x = bytearray(1 << 30); print(len(x))'")
    assert result["isError"] is True
    assert "out of memory" in result["content"][0]["text"].lower()
    assert "alive" in server.run(chat, "ls /tmp")


def test_given_tmp_is_filled_when_it_is_full_then_the_error_is_the_programs_own_and_calls_go_on(server, chat):
    text = server.run(chat, "dd if=/dev/zero of=/tmp/fill bs=1M count=500 2>&1; rm -f /tmp/fill")
    assert "No space left" in text or "out of memory" in text.lower()
    assert server.run(chat, "echo on").startswith("on")


def test_given_a_hundred_megabytes_of_arguments_when_it_runs_then_only_it_fails(server, chat):
    text = server.run(chat, "x=$(head -c 100000000 /dev/zero | tr '\\0' x); /bin/echo $x > /tmp/echoed; echo code $?",
                      timeout_seconds=60)
    assert "code 0" not in text
    assert server.run(chat, "echo on").startswith("on")


TREES = {
    "trap": "trap '' TERM; while :; do sleep 1; done",
    "setsid": "setsid bash -c \"trap '' TERM; sleep 301\" & wait",
    "double-fork": "(bash -c 'sleep 302 & disown' &) ; sleep 303",
    "nohup": "nohup sleep 304 > /dev/null 2>&1 & sleep 304",
    "stopped": "sleep 305 & kill -STOP $!; sleep 305",
    "many": "for i in $(seq 60); do sleep 306 & done; wait",
    "renamed": "bash -c 'exec -a harmless sleep 307' & wait",
}


@pytest.mark.parametrize("name", TREES)
def test_given_a_tree_that_resists_when_the_time_limit_comes_then_nothing_of_it_is_left(server, chat, name):
    keeper = server.mcp(chat)
    keeper.bash("setsid sleep 399 > /dev/null 2>&1 &")
    begin = time.monotonic()
    text = server.run(chat, TREES[name], timeout_seconds=2)
    assert "timed out after 2 seconds" in text
    assert time.monotonic() - begin < 2 + 3 + 2
    left = server.run(chat, "ps -e -o args= | grep -E 'sleep (1|30.)$|harmless' | grep -v grep")
    assert "sleep 30" not in left and "harmless" not in left, left
    assert "sleep 399" in server.run(chat, "ps -e -o args=")
