# SPDX-License-Identifier: Apache-2.0
"""Clients that leave while their command runs (B03): in revision 2026-07-28 that is a cancel and the whole tree dies; before
it the command goes on, and in a session its result is kept for who comes back."""

import socket
import struct

import pytest

from harness import modern
from harness.wait import wait_for
from harness.wire import Wire, mcp_request, request

TREE = "sleep {0} & (setsid sleep {0} &) ; sleep {0}"
INITIALIZE = {"jsonrpc": "2.0", "id": 1, "method": "initialize",
              "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "harness", "version": "0"}}}


def fin(wire):
    wire.socket.close()


def rst(wire):
    wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire.socket.close()


def half_close(wire):
    wire.socket.shutdown(socket.SHUT_WR)


def count(server, chat, seconds):
    return int(server.run(chat, f"pgrep -cf '^sleep {seconds}'").splitlines()[0])


def call(command, token=None):
    meta = {} if token is None else {"progressToken": token}
    return modern.message("tools/call", 7, name="bash_tool", arguments={"command": command}, meta=meta)


def legacy_call(command, token=None):
    meta = {} if token is None else {"_meta": {"progressToken": token}}
    return {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": "bash_tool", "arguments": {"command": command}} | meta}


@pytest.mark.parametrize("leave", [fin, rst, half_close])
@pytest.mark.parametrize("streams", [False, True], ids=["json", "stream"])
def test_given_a_modern_call_when_its_client_leaves_then_the_tree_is_dead_in_5_s_and_nothing_more_is_sent(shared_server, chat, leave, streams):
    shared_server.run(chat, "true")
    command = ("echo begun; " if streams else "") + TREE.format(3331)
    body = call(command, "t" if streams else None)
    wire = Wire(shared_server.port)
    wire.send(mcp_request(body, f"X-Chat-Id: {chat}", *modern.headers(body)))
    wait_for(lambda: count(shared_server, chat, 3331) == 3)
    if streams:
        while b"begun" not in wire.buffer:
            assert wire.more()
        wire.buffer = b""
    leave(wire)
    wait_for(lambda: count(shared_server, chat, 3331) == 0, 5)
    if leave is half_close:
        while wire.more():
            pass
        assert b"sleep" not in wire.buffer and b'"id":7' not in wire.buffer
    wire.socket.close()


def begin_session(wire):
    wire.send(mcp_request(INITIALIZE))
    return wire.answer().header("Mcp-Session-Id")


@pytest.mark.parametrize("leave", [fin, rst])
def test_given_a_legacy_call_in_a_session_when_its_client_leaves_then_the_result_is_there_when_it_comes_back(shared_server, chat, leave):
    shared_server.run(chat, "true")
    with Wire(shared_server.port) as first:
        session = begin_session(first)
    fields = [f"X-Chat-Id: {chat}", f"Mcp-Session-Id: {session}", "MCP-Protocol-Version: 2025-11-25"]
    wire = Wire(shared_server.port)
    wire.send(mcp_request(legacy_call("echo begun; until [ -e go ]; do sleep 0.05; done; echo done", "t"), *fields))
    while b"begun" not in wire.buffer:
        assert wire.more()
    assert b"retry: " in wire.buffer and b"id: 1-0\n" in wire.buffer
    leave(wire)
    shared_server.run(chat, "touch go")
    with Wire(shared_server.port) as again:
        again.send(request("GET", "/mcp", "Accept: text/event-stream", "Last-Event-ID: 1-0", *fields))
        answer = again.answer()
    assert answer.status == 200
    assert answer.body.count(b'"result"') == 1 and b"begun\\ndone\\n[exit 0]" in answer.body
    assert answer.body.index(b"notifications/progress") < answer.body.index(b'"result"')


def test_given_a_legacy_call_when_it_is_cancelled_then_the_tree_is_dead_in_5_s(shared_server, chat):
    shared_server.run(chat, "true")
    wire = Wire(shared_server.port)
    session = begin_session(wire)
    fields = [f"X-Chat-Id: {chat}", f"Mcp-Session-Id: {session}"]
    wire.send(mcp_request(legacy_call(TREE.format(3332)), *fields))
    wait_for(lambda: count(shared_server, chat, 3332) == 3)
    with Wire(shared_server.port) as other:
        other.send(mcp_request({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}}, *fields))
        assert other.answer().status == 202
    wait_for(lambda: count(shared_server, chat, 3332) == 0, 5)
    assert wire.answer().status == 202
    wire.socket.close()


def test_given_a_bridge_that_keeps_its_stream_when_it_cancels_a_modern_call_by_notification_then_the_tree_is_dead(shared_server, chat):
    shared_server.run(chat, "true")
    body = call(TREE.format(3333))
    wire = Wire(shared_server.port)
    wire.send(mcp_request(body, f"X-Chat-Id: {chat}", *modern.headers(body)))
    wait_for(lambda: count(shared_server, chat, 3333) == 3)
    with Wire(shared_server.port) as other:
        other.send(mcp_request({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}}, f"X-Chat-Id: {chat}",
                               f"MCP-Protocol-Version: {modern.VERSION}", "Mcp-Method: notifications/cancelled"))
        assert other.answer().status == 202
    wait_for(lambda: count(shared_server, chat, 3333) == 0, 5)
    wire.socket.close()
