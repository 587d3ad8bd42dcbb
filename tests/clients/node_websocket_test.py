# SPDX-License-Identifier: Apache-2.0
"""A WebSocket client that others wrote: what the byte-exact tests of hostile/web take for right is what it takes for right."""

import pytest

from harness.server import Server
from programs import HERE, NODE_22, steps


@pytest.fixture(scope="module")
def seen(engine, tmp_path_factory):
    server = Server(engine, {})
    server.arguments.append("--test-websocket")
    try:
        server.start()
        return steps([NODE_22, HERE / "node_websocket.mjs", f"ws://127.0.0.1:{server.port}/test/ws"], tmp_path_factory.mktemp("websocket"))
    finally:
        server.discard()


def test_given_offers_when_it_connects_then_the_protocol_is_chosen_and_compression_is_not(seen):
    assert seen["open"] == {"protocol": "tty", "extensions": ""}


def test_given_messages_when_it_sends_them_then_they_come_back_as_they_were(seen):
    assert seen["text"] == seen["binary"] == {"same": True}


def test_given_a_close_when_either_side_begins_it_then_both_know_why(seen):
    assert seen["closed by the client"] == {"code": 4001, "reason": "", "wasClean": True}
    assert seen["closed by the server"] == {"code": 4002, "reason": "that is it", "wasClean": True}


def test_given_a_message_over_the_limit_when_it_sends_it_then_it_learns_why_it_was_closed(seen):
    assert seen["too large"]["code"] == 1009
