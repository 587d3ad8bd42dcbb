# SPDX-License-Identifier: Apache-2.0
"""Output that could be taken for the event stream's own syntax (B06): whatever a command prints, two readers of the format
that know nothing of each other find the same message, and it says what was printed."""

import json
import re

import pytest

from harness.wire import Wire, request

ODD = {
    "carriage returns": r"printf 'a\rb\r\nc\r'", "empty lines": r"printf '\n\n\ndata: x\n\nevent: y\nid: 9\n\n'",
    "separators": r"printf '\xe2\x80\xa8\xe2\x80\xa9\xc2\x85'", "NUL and escapes": r"printf '\0\033[2J\177'",
    "no UTF-8": r"printf '\xff\xfe\xed\xa0\x80'", "one long line": "head -c 300000 /dev/zero | tr '\\0' x",
    "cut characters": r"for i in 1 2 3; do printf '\xe2'; sleep 0.02; printf '\x82'; sleep 0.02; printf '\xac'; done",
}


def by_lines(body):
    """As the standard's text says: line by line, with CR, LF and CR LF as ends."""
    data, found = [], []
    for line in re.split("\r\n|\n|\r", body):
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            found.append("\n".join(data))
            data = []
    return found


def by_blocks(body):
    """As many small clients do: blocks between empty lines."""
    return [block.removeprefix("data: ") for block in body.split("\n\n") if block.startswith("data: ")]


@pytest.mark.parametrize("command", ODD.values(), ids=ODD)
def test_given_odd_output_when_it_is_streamed_then_two_readers_find_the_same_and_it_says_what_was_printed(shared_server, chat, command):
    plain = shared_server.mcp(chat).bash(command)
    body = {"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": "bash_tool", "arguments": {"command": command},
                                                                         "_meta": {"progressToken": "p"}}}
    with Wire(shared_server.port) as wire:
        wire.send(request("POST", "/mcp", "Content-Type: application/json", "Accept: text/event-stream", f"X-Chat-Id: {chat}",
                          body=json.dumps(body).encode()))
        answer = wire.answer()
    text = answer.body.decode("utf-8")
    found = [event for event in by_lines(text) if event]
    assert found == [event for event in by_blocks(text) if event]
    messages = [json.loads(event) for event in found]
    assert messages[-1]["id"] == 3 and all("method" in message for message in messages[:-1])
    shown = messages[-1]["result"]["content"][0]["text"]
    # Where the output is kept has the job's own id in its name.
    assert re.sub(r"[0-9a-f]{32}", "", shown) == re.sub(r"[0-9a-f]{32}", "", plain)
