# SPDX-License-Identifier: Apache-2.0
"""Streams that only wait when the server ends: they end too, properly and at once, and nobody waits for them."""

import json
import time

from harness import modern
from harness.server import Server
from harness.together import behind
from harness.wire import Wire, mcp_request, request


def test_given_a_sessions_stream_when_the_server_is_terminated_then_it_ends_with_its_last_chunk_and_soon(make_server):
    server = make_server(SHUTDOWN_GRACE_SECONDS="20")
    session = server.mcp().initialize().headers["mcp-session-id"]
    with Wire(server.port) as wire:
        wire.send(request("GET", "/mcp", "Accept: text/event-stream", f"Mcp-Session-Id: {session}"))
        answer = behind(wire.answer)
        began = time.monotonic()
        assert server.stop() == 0
        assert answer.result(5).status == 200
    assert time.monotonic() - began < 10


def test_given_a_subscription_when_the_server_is_terminated_then_its_last_event_is_its_result(engine):
    server = Server(engine, {"SHUTDOWN_GRACE_SECONDS": "20"})
    server.arguments = ["--mcp-conformance-fixtures"]
    server.start()
    body = modern.message("subscriptions/listen", "sub", notifications={"toolsListChanged": True})
    try:
        with Wire(server.port) as wire:
            wire.send(mcp_request(body, *modern.headers(body)))
            while b"acknowledged" not in wire.buffer:
                assert wire.more()
            answer = behind(wire.answer)
            assert server.stop() == 0
            text = answer.result(5).body.decode()
    finally:
        server.discard()
    events = [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]
    assert events[0]["params"]["notifications"] == {"toolsListChanged": True}
    assert events[-1]["id"] == "sub" and events[-1]["result"]["_meta"]["io.modelcontextprotocol/subscriptionId"] == "sub"
