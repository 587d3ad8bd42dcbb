# SPDX-License-Identifier: Apache-2.0
"""Bytes that are too much, or no HTTP at all (A05): an answer that says so, at once, and the end of the connection."""

import random
import time

import pytest

from harness.wire import request

TLS_HELLO = bytes.fromhex("160301007b010000770303") + bytes(range(116))
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes.fromhex("000000040000000000")

TOO_MUCH = {
    "target-64-kib": (414, request("GET", "/" + "a" * 65536)),
    "target-just-over": (414, request("GET", "/" + "a" * 8192)),
    "query-64-kib": (414, request("GET", "/livez?" + "a" * 65536)),
    "one-header-64-kib": (431, request("GET", "/livez", "X-One: " + "a" * 65536)),
    "header-name-64-kib": (431, request("GET", "/livez", "X-" + "a" * 65536 + ": 1")),
    "10000-headers": (431, request("GET", "/livez", *(f"H-{i}: {i}" for i in range(10_000)))),
    "10000-equal-headers": (431, request("GET", "/livez", *["H: 1"] * 10_000)),
    "method-64-kib": (414, request("A" * 65536, "/livez")),
    "1-mib-without-a-line": (414, b"a" * (1 << 20)),
    "1-mib-of-nul": (400, b"\x00" * (1 << 20)),
    "1-mib-of-newlines": (400, b"\r\n" * (1 << 19)),
}

NO_HTTP = {
    "http-0.9": b"GET /livez\r\n",
    "http-0.9-with-end": b"GET /livez\r\n\r\n",
    "http-2-preface": PREFACE,
    "http-2.0": request("GET", "/livez", version="HTTP/2.0"),
    "http-1.2": request("GET", "/livez", version="HTTP/1.2"),
    "http-1.11": request("GET", "/livez", version="HTTP/1.11"),
    "tls-hello": TLS_HELLO,
    "no-host": request("GET", "/livez", host=None),
    "socks-5": b"\x05\x01\x00\r\n\r\n",
    "ssh": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "smtp": b"EHLO evil.test\r\n\r\n",
    "proxy-line": b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n" + request("GET", "/livez"),
    "json": b'{"jsonrpc":"2.0","id":1,"method":"ping"}\r\n\r\n',
}


def answers_to(watch, data):
    """What comes back until the server closes, and how long that took once everything was sent."""
    with watch.wire(timeout=5) as wire:
        wire.send(data)
        begin = time.monotonic()
        try:
            return wire.answers(), time.monotonic() - begin
        except TimeoutError:
            raise AssertionError(f"not closed; so far {wire.buffer[:200]!r}") from None


@pytest.mark.parametrize("name", TOO_MUCH)
def test_given_more_than_a_head_may_hold_when_sent_then_it_is_refused_at_once(watch, name):
    status, data = TOO_MUCH[name]
    with watch.cost() as cost:
        answers, seconds = answers_to(watch, data)
    # A client that still sends when the answer comes may see a reset instead: what counts is the server's own record.
    assert [entry["status"] for entry in watch.logged(1)] == [status]
    assert all(answer.status == status and answer.is_typed() for answer in answers)
    assert seconds < 1.0
    cost.check(1, cpu_ms=200)


@pytest.mark.parametrize("name", NO_HTTP)
def test_given_another_protocol_when_spoken_then_it_is_400_at_once(watch, name):
    answers, seconds = answers_to(watch, NO_HTTP[name])
    assert [answer.status for answer in answers] == [400], answers
    assert answers[0].is_typed()
    assert seconds < 1.0


@pytest.mark.parametrize("seed", range(40))
def test_given_random_bytes_when_sent_then_nothing_but_400_comes_back(watch, seed):
    source = random.Random(seed)
    data = source.randbytes(source.choice([1, 10, 300, 5000, 70_000])) + b"\r\n\r\n"
    answers, _ = answers_to(watch, data)
    assert {answer.status for answer in answers} <= {400, 414, 431}


@pytest.mark.parametrize("seed", range(60))
def test_given_a_request_with_a_few_bytes_changed_when_sent_then_it_is_answered_or_refused(watch, seed):
    source = random.Random(seed)
    data = bytearray(request("POST", "/mcp", "Content-Type: application/json", "Accept: */*", body=b'{"jsonrpc":"2.0","id":1,"method":"ping"}'))
    for _ in range(source.randint(1, 4)):
        data[source.randrange(len(data))] = source.randrange(256)
    with watch.wire(timeout=3) as wire:
        wire.send(bytes(data) + b"\r\n\r\n" + request("GET", "/livez", "Connection: close"))
        wire.socket.shutdown(1)
        answers = wire.answers()
    assert {answer.status for answer in answers} <= watch.statuses
