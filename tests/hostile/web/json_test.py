# SPDX-License-Identifier: Apache-2.0
"""JSON that is too deep, too large or no JSON at all (A07): a JSON-RPC error, never a crash, never a 5xx."""

import pytest

from harness.wire import mcp_request, request

PARSE_ERROR, INVALID_REQUEST, INVALID_PARAMS = -32700, -32600, -32602
# What is wrong inside a message of its own right is its own answer.
REFUSALS = {(400, PARSE_ERROR), (400, INVALID_REQUEST), (400, INVALID_PARAMS), (200, INVALID_PARAMS)}


def deep(depth, begin=b"[", inside=b"", end=b"]"):
    return b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":' + begin * depth + inside + end * depth + b"}}"


def ping(more=b""):
    return b'{"jsonrpc":"2.0","id":1,"method":"ping"' + more + b"}"


NO_MESSAGE = {
    "depth-65": deep(65),
    "depth-1k": deep(1000),
    "depth-100k": deep(100_000),
    "depth-1m": deep(1_000_000),
    "depth-1m-objects": deep(1_000_000, b'{"a":', b"1", b"}"),
    "depth-1m-never-closed": b"[" * 1_000_000,
    "bad-utf8": b'{"jsonrpc":"2.0","id":1,"method":"\xff\xfe"}',
    "overlong-utf8": b'{"jsonrpc":"2.0","id":1,"method":"\xc0\xaf"}',
    "utf8-surrogate": b'{"jsonrpc":"2.0","id":1,"method":"\xed\xa0\x80"}',
    "utf-16": ping().decode().encode("utf-16"),
    "utf-32": ping().decode().encode("utf-32"),
    "trailing-garbage": ping() + b" garbage",
    "two-messages": ping() + ping(),
    "truncated": b'{"jsonrpc":"2.0","id":1,"me',
    "empty": b"",
    "white-space": b" \r\n\t ",
    "nul-bytes": b"\x00" * 1000,
    "nul-behind": ping() + b"\x00",
    "single-quotes": b"{'jsonrpc':'2.0','id':1,'method':'ping'}",
    "comment": b"/* */" + ping(),
    "trailing-comma": b'{"jsonrpc":"2.0","id":1,"method":"ping",}',
    "nan": ping(b',"params":{"x":NaN}'),
    "infinity": ping(b',"params":{"x":-Infinity}'),
    "hex-number": ping(b',"params":{"x":0x10}'),
    "leading-zero": ping(b',"params":{"x":01}'),
    "raw-newline-in-text": b'{"jsonrpc":"2.0","id":1,"method":"pi\nng"}',
    "a-number": b"1",
    "a-text": b'"ping"',
    "null": b"null",
    "empty-object": b"{}",
    "empty-batch": b"[]",
    "wrong-version": b'{"jsonrpc":"1.0","id":1,"method":"ping"}',
    "no-version": b'{"id":1,"method":"ping"}',
    "method-is-number": b'{"jsonrpc":"2.0","id":1,"method":5}',
    "id-is-object": b'{"jsonrpc":"2.0","id":{},"method":"ping"}',
    "id-is-list": b'{"jsonrpc":"2.0","id":[1],"method":"ping"}',
    "id-is-true": b'{"jsonrpc":"2.0","id":true,"method":"ping"}',
    "id-1e400": b'{"jsonrpc":"2.0","id":1e400,"method":"ping"}',
    "params-is-text": ping(b',"params":"x"'),
    "surrogate-method": b'{"jsonrpc":"2.0","id":1,"method":"\\ud800"}',
}

# Unusual, and either refused or answered as if it were not.
UNUSUAL = {
    "bom": b"\xef\xbb\xbf" + ping(),
    "duplicate-keys": b'{"jsonrpc":"2.0","id":1,"method":"nope","method":"ping"}',
    "duplicate-ids": b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
    "param-1e400": ping(b',"params":{"x":1e400}'),
    "param-2-63": ping(b',"params":{"x":9223372036854775808}'),
    "id-2-63": b'{"jsonrpc":"2.0","id":9223372036854775808,"method":"ping"}',
    "id-2-64": b'{"jsonrpc":"2.0","id":18446744073709551616,"method":"ping"}',
    "id-minus-2-63": b'{"jsonrpc":"2.0","id":-9223372036854775809,"method":"ping"}',
    "id-null": b'{"jsonrpc":"2.0","id":null,"method":"ping"}',
    "id-1-mib": b'{"jsonrpc":"2.0","id":"' + b"i" * (1 << 20) + b'","method":"ping"}',
    "method-1-mib": b'{"jsonrpc":"2.0","id":1,"method":"' + b"m" * (1 << 20) + b'"}',
    "number-of-a-million-digits": ping(b',"params":{"x":' + b"9" * 1_000_000 + b"}"),
    "surrogate": ping(b',"params":{"x":"\\udc00\\ud800"}'),
    "nul-escape": ping(b',"params":{"x":"\\u0000"}'),
    "depth-50": deep(50),
    "keys-500k": ping(b',"params":{' + b",".join(b'"k%d":1' % i for i in range(500_000)) + b"}"),
    "empty-keys-1m": ping(b',"params":{' + b",".join([b'"":1'] * 1_000_000) + b"}"),
    "list-3m": ping(b',"params":{"x":[' + b",".join([b"1"] * 3_000_000) + b"]}"),
    "batch-100k": b"[" + b",".join([ping()] * 100_000) + b"]",
    "lone-result": b'{"jsonrpc":"2.0","id":1,"result":{}}',
}


def answer_to(watch, body):
    with watch.cost() as cost, watch.wire() as wire:
        wire.send(mcp_request(body))
        answer = wire.answer()
    return answer, cost


@pytest.mark.parametrize("name", NO_MESSAGE)
def test_given_no_json_rpc_message_when_posted_then_the_error_says_so(watch, name):
    answer, cost = answer_to(watch, NO_MESSAGE[name])
    code = answer.json()["error"]["code"]
    assert (answer.status, code) in REFUSALS, answer
    assert len(answer.body) < 2000
    cost.check(1, cpu_ms=500, rss_kib=8 * 1024)


@pytest.mark.parametrize("name", UNUSUAL)
def test_given_unusual_json_when_posted_then_it_is_taken_or_refused_at_a_bounded_cost(watch, name):
    answer, cost = answer_to(watch, UNUSUAL[name])
    assert answer.status in (200, 202, 400, 404, 413), answer
    if answer.body:
        message = answer.json()
        assert "result" in message or message["error"]["code"] < -32000, answer
    cost.check(1, cpu_ms=2000, rss_kib=64 * 1024)


@pytest.mark.parametrize("chunks", [False, True], ids=["length", "chunked"])
def test_given_64_mib_of_text_when_posted_then_it_is_413_and_memory_stays(watch, chunks):
    size = 64 << 20
    with watch.cost() as cost, watch.wire() as wire:
        coding = "Transfer-Encoding: chunked" if chunks else f"Content-Length: {size}"
        wire.send(request("POST", "/mcp", "Content-Type: application/json", "Accept: */*", coding))
        piece = b"x" * (1 << 20)
        for _ in range(size >> 20):
            if not wire.send(b"%x\r\n%s\r\n" % (len(piece), piece) if chunks else piece):
                break
    assert [entry["status"] for entry in watch.logged(1)] == [413]
    cost.check(1, cpu_ms=500, rss_kib=16 * 1024)


def test_given_everything_before_when_a_right_message_comes_then_it_is_answered(watch):
    answer, _ = answer_to(watch, ping())
    assert answer.json() == {"jsonrpc": "2.0", "id": 1, "result": {}}
