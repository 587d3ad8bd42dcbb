# SPDX-License-Identifier: Apache-2.0
"""Text from outside that tries to become a header, an event or a log line (A06)."""

import json

import pytest

from harness.wire import mcp_request, request

EVIL = {
    "crlf": "a\r\nX-Evil: 1\r\n\r\nHTTP/1.1 200 OK\r\n",
    "lf": "a\nX-Evil: 1",
    "cr": "a\rX-Evil: 1",
    "encoded-crlf": "a%0d%0aX-Evil:%201",
    "event": "a\n\nevent: evil\ndata: {}\n\n",
    "event-cr": "a\r\rdata: {}\r\r",
    "line-separator": "a\u2028data: {}\u2029",
    "quotes": "a\"b'c\\d`e",
    "delete": "a\x7fb",
    "escape": "\x1b[2J\x1b]0;evil\x07",
    "nul": "a\x00b",
    "emoji": "💥👩‍💻",
    "right-to-left": "a\u202eb\u2066c",
    "long": "x" * 4096,
    "log-line": '"}\n{"ts":"now","level":"info","event":"evil"}',
}
# A header line ends at CR or LF by its nature: what is sent behind one is a request of another form, see smuggling_test.py.
CONTROLS = {name: text for name, text in EVIL.items() if {"\x7f", "\x1b"} & set(text)}
ONE_LINE = {name: text for name, text in EVIL.items() if not set("\r\n\x00\x7f\x1b") & set(text)}
FIELDS = ["X-Chat-Id", "X-OpenWebUI-Chat-Id", "X-User-Email", "X-User-Name", "X-Request-Id", "Mcp-Session-Id",
          "MCP-Protocol-Version", "Last-Event-ID", "User-Agent", "traceparent", "Accept-Language"]


def check(answer):
    assert answer.header("X-Evil") is None
    assert not [name for name, value in answer.fields if "evil" in (name + value).lower()], answer.fields


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("name", ONE_LINE)
def test_given_evil_text_in_a_header_when_called_then_it_stays_text(watch, field, name):
    with watch.wire() as wire:
        wire.send(mcp_request({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, f"{field}: {ONE_LINE[name]}"))
        answer = wire.answer()
        wire.send(request("GET", "/livez"))
        assert wire.answer().status == 200, "the connection is still in step"
    check(answer)
    assert answer.status in (200, 400, 404, 431), answer
    assert [entry["path"] for entry in watch.logged(2)] == ["/mcp", "/livez"]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("name", CONTROLS)
def test_given_a_control_character_in_a_header_when_called_then_it_is_400_and_the_end(watch, field, name):
    with watch.wire() as wire:
        wire.send(mcp_request({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, f"{field}: {CONTROLS[name]}"))
        answers = wire.answers()
    assert [answer.status for answer in answers] == [400], answers
    check(answers[0])


MESSAGES = {
    "method": lambda evil: {"method": evil},
    "id": lambda evil: {"method": "ping", "id": evil},
    "tool": lambda evil: {"method": "tools/call", "params": {"name": evil, "arguments": {}}},
    "argument": lambda evil: {"method": "tools/call", "params": {"name": "bash_tool", "arguments": {evil: evil}}},
    "progress-token": lambda evil: {"method": "tools/list", "params": {"_meta": {"progressToken": evil}}},
    "version": lambda evil: {"method": "initialize", "params": {"protocolVersion": evil, "capabilities": {},
                                                                "clientInfo": {"name": evil, "version": evil}}},
    "cursor": lambda evil: {"method": "tools/list", "params": {"cursor": evil}},
}


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"], ids=["json", "events"])
@pytest.mark.parametrize("place", MESSAGES)
@pytest.mark.parametrize("name", EVIL)
def test_given_evil_text_in_a_message_when_answered_then_it_is_one_message_and_one_event(watch, place, name, accept):
    message = {"jsonrpc": "2.0", "id": 1} | MESSAGES[place](EVIL[name])
    with watch.wire() as wire:
        wire.send(request("POST", "/mcp", "Content-Type: application/json", f"Accept: {accept}", body=json.dumps(message).encode()))
        answer = wire.answer()
    check(answer)
    text = answer.body.decode()
    if answer.header("Content-Type").startswith("text/event-stream"):
        lines = text.splitlines()
        assert not [line for line in lines if line.startswith("event:") and "message" not in line], text
        data = [line.removeprefix("data:") for line in text.split("\n") if line.startswith("data:") and line.strip() != "data:"]
        assert len(data) == 1 and "\r" not in text, text
        text = data[0]
    assert json.loads(text)["id"] in (1, None, EVIL[name])


@pytest.mark.parametrize("name", ["encoded-crlf", "quotes", "emoji", "long", "right-to-left"])
@pytest.mark.parametrize("place", ["/{}", "/mcp-info/{}", "/mcp/?{}", "/livez?{}"])
def test_given_evil_text_in_a_target_when_refused_or_redirected_then_no_header_carries_it_raw(watch, place, name):
    with watch.wire() as wire:
        wire.send(request("GET", place.format(EVIL[name].replace(" ", "%20")).encode()))
        answer = wire.answer()
    assert answer.header("X-Evil") is None
    location = answer.header("Location") or ""
    assert "\r" not in location and "\n" not in location
    assert len(watch.logged(1)) == 1
