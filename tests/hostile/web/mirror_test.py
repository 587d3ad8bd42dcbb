# SPDX-License-Identifier: Apache-2.0
"""Requests of revision 2026-07-28 whose headers and body disagree (B04): what stands in front of the server may have routed by
the one, so nothing is done by the other."""

import pytest

from harness import modern
from harness.wire import mcp_request, request

CALL = modern.message("tools/call", "q", name="bash_tool", arguments={})
GOOD = modern.headers(CALL)


def swapped(begin, line=None):
    """The good headers with one left out or put in place of another."""
    kept = [field for field in GOOD if not field.startswith(begin)]
    return kept + ([line] if line else [])


MISMATCHES = {
    "no version": swapped("MCP-Protocol-Version"), "other version": swapped("MCP-Protocol-Version", "MCP-Protocol-Version: 2025-11-25"),
    "no method": swapped("Mcp-Method"), "other method": swapped("Mcp-Method", "Mcp-Method: tools/list"),
    "method in capitals": swapped("Mcp-Method", "Mcp-Method: TOOLS/CALL"), "no name": swapped("Mcp-Name"),
    "other name": swapped("Mcp-Name", "Mcp-Name: view"), "encoded other name": swapped("Mcp-Name", "Mcp-Name: =?base64?dmlldw==?="),
    "bad encoding": swapped("Mcp-Name", "Mcp-Name: =?base64?YmFzaF90b29s?=x"), "loose padding": swapped("Mcp-Name", "Mcp-Name: =?base64?YmFzaF90b29sIA?="),
    "two names": GOOD + ["Mcp-Name: bash_tool"], "two methods": GOOD + ["mcp-method: tools/call"],
    "bytes beyond ASCII": swapped("Mcp-Name", "Mcp-Name: bash_tool\u00e9"),
}


@pytest.mark.parametrize("fields", MISMATCHES.values(), ids=MISMATCHES)
def test_given_headers_that_differ_from_the_body_when_posted_then_it_is_400_and_32020_with_the_id(watch, fields):
    with watch.wire() as wire:
        wire.send(mcp_request(CALL, *fields))
        answer = wire.answer()
    assert answer.status == 400 and answer.json()["error"]["code"] == -32020 and answer.json()["id"] == "q", answer


@pytest.mark.parametrize("line", ["Mcp-Name: =?base64?YmFzaF90b29s?=", "mcp-name:   bash_tool  ", "MCP-NAME: bash_tool"])
def test_given_a_name_written_otherwise_when_it_means_the_same_then_the_call_is_served(watch, line):
    with watch.wire() as wire:
        wire.send(mcp_request(CALL, *swapped("Mcp-Name", line)))
        answer = wire.answer()
    assert answer.status == 200 and answer.json()["result"]["isError"] is True, answer


@pytest.mark.parametrize("version", ["2099-01-01", "v999", "draft"])
def test_given_a_version_that_is_not_spoken_when_posted_then_what_is_spoken_is_listed(watch, version):
    body = modern.message("tools/list")
    body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = version
    with watch.wire() as wire:
        wire.send(mcp_request(body, f"MCP-Protocol-Version: {version}", "Mcp-Method: tools/list"))
        answer = wire.answer()
    assert answer.status == 400 and answer.json()["error"]["code"] == -32022
    assert answer.json()["error"]["data"]["requested"] == version and modern.VERSION in answer.json()["error"]["data"]["supported"]


@pytest.mark.parametrize("method", ["ping", "logging/setLevel", "tasks/list", "x" * 128])
def test_given_a_method_that_is_not_there_when_posted_then_it_is_404(watch, method):
    body = modern.message(method)
    with watch.wire() as wire:
        wire.send(mcp_request(body, *modern.headers(body)))
        answer = wire.answer()
    assert answer.status == 404 and answer.json()["error"]["code"] == -32601


@pytest.mark.parametrize("method, status", [("GET", 405), ("DELETE", 400), ("PUT", 405), ("PATCH", 405)])
def test_given_another_http_method_when_sent_without_a_session_then_it_is_refused(watch, method, status):
    with watch.wire() as wire:
        wire.send(request(method, "/mcp", "Accept: text/event-stream", f"MCP-Protocol-Version: {modern.VERSION}"))
        assert wire.answer().status == status
