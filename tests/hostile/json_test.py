# SPDX-License-Identifier: Apache-2.0
"""JSON that is too deep, too large or no JSON at all (A07): a JSON-RPC error, never a crash, never a 5xx."""

import json
import time

import pytest

CASES = {
    "depth-1k": b"[" * 1000 + b"]" * 1000,
    "depth-100k": b"[" * 100_000 + b"]" * 100_000,
    "depth-1m-objects": b'{"a":' * 1_000_000 + b"1" + b"}" * 1_000_000,
    "keys-1m": b"{" + b",".join(b'"k%d":1' % i for i in range(500_000)) + b"}",
    "number-huge": b'{"jsonrpc":"2.0","id":1e400,"method":"ping"}',
    "number-2-63": b'{"jsonrpc":"2.0","id":9223372036854775808,"method":"ping"}',
    "surrogate": b'{"jsonrpc":"2.0","id":1,"method":"\\ud800"}',
    "bad-utf8": b'{"jsonrpc":"2.0","id":1,"method":"\xff\xfe"}',
    "bom": b'\xef\xbb\xbf{"jsonrpc":"2.0","id":1,"method":"ping"}',
    "trailing": b'{"jsonrpc":"2.0","id":1,"method":"ping"} garbage',
    "truncated": b'{"jsonrpc":"2.0","id":1,"me',
    "empty": b"",
    "batch-empty": b"[]",
    "nul": b"\x00" * 1000,
}


@pytest.mark.parametrize("name", CASES)
def test_given_json_that_is_not_right_when_posted_then_the_answer_is_an_error_in_bounded_time(shared_server, name):
    begin = time.monotonic()
    answer = shared_server.mcp("json").post(CASES[name])
    assert 200 <= answer.status < 500, answer.status
    if answer.text:
        message = json.loads(answer.text)
        assert "error" in message or message.get("result") == {}, answer.text[:200]
    assert time.monotonic() - begin < 5


def test_given_a_body_over_the_limit_when_posted_then_it_is_413_and_memory_stays(shared_server):
    before = shared_server.rss_kib()
    body = b'{"jsonrpc":"2.0","id":1,"method":"' + b"x" * (64 << 20) + b'"}'
    try:
        assert shared_server.mcp("json").post(body).status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused before all of it was sent
    assert shared_server.rss_kib() - before < 64 * 1024
    assert shared_server.mcp("json").initialize().status == 200


def test_given_duplicate_keys_when_posted_then_the_last_one_counts_and_nothing_breaks(shared_server):
    answer = shared_server.mcp("json").post(b'{"jsonrpc":"2.0","id":1,"method":"nope","method":"ping"}')
    assert answer.result() == {}
