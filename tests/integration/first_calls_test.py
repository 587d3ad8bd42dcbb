# SPDX-License-Identifier: Apache-2.0
"""The first calls of a chat, many at once: one sandbox, made once, and every call is answered."""

import time

import pytest

from harness.server import Server
from harness.together import together

OUTPUT = "echo $((6 * 7))"
RIGHT = "42\n[exit 0]"


@pytest.fixture(scope="module")
def server(engine):
    """One whose sandboxes have a history."""
    made = Server(engine, engine.recorded())
    made.start()
    yield made
    made.discard()


def test_given_a_new_chat_when_100_calls_come_at_once_then_one_sandbox_answers_all(server, chat):
    since = time.time()
    clients = [server.mcp(chat) for _ in range(100)]
    assert together([lambda c=c: c.bash(OUTPUT) for c in clients]) == [RIGHT] * 100
    assert server.engine.history(server.sandbox_of(chat), since) == ["start"]


def test_given_10_new_chats_when_each_is_called_10_times_at_once_then_there_are_10_sandboxes(server, chat):
    since = time.time()
    chats = [f"{chat}-{n}" for n in range(10)]
    clients = [(one, server.mcp(one)) for one in chats for _ in range(10)]
    answers = together([lambda c=c, one=one: c.bash(f"echo {one} >> seen; wc -l < seen") for one, c in clients])
    assert all(answer.endswith("\n[exit 0]") for answer in answers), answers
    for one in chats:
        assert server.run(one, "sort seen | uniq -c | xargs") == f"10 {one}\n[exit 0]"
        assert server.engine.history(server.sandbox_of(one), since) == ["start"]
