# SPDX-License-Identifier: Apache-2.0
"""A thousand requests sent at once on each of many connections (A10): answered in order, and little of them waits in memory."""

import os

import pytest

from harness.route_table import status
from harness.together import together
from harness.wire import PING, mcp_request, request

FULL = bool(os.environ.get("CUS_FULL"))
REQUESTS, CONNECTIONS = 1000, 100 if FULL else 20


def mark(connection, number):
    return f"X-Request-Id: p-{connection}-{number}"


def piped(connection, make):
    return b"".join(make(mark(connection, number)) for number in range(REQUESTS))


def ids(answers):
    return [answer.header("X-Request-Id") for answer in answers]


def read_all(watch, connection, data, size=REQUESTS):
    """Sends all of it, however little of the answers has been read by then."""
    with watch.wire(timeout=60) as wire:
        wire.socket.setblocking(False)
        while data:
            data = data[sent_of(wire, data):]
        wire.socket.settimeout(60)
        answers = [wire.answer() for _ in range(size)]
    assert ids(answers) == [f"p-{connection}-{number}" for number in range(size)]
    return answers


def sent_of(wire, data):
    try:
        return wire.socket.send(data)
    except BlockingIOError:
        wire.socket.settimeout(60)
        wire.more()  # the server sends before it reads on
        wire.socket.setblocking(False)
        return 0


@pytest.mark.parametrize("make", [lambda field: request("GET", "/livez", field), lambda field: mcp_request(PING, field)],
                         ids=["livez", "ping"])
def test_given_a_thousand_requests_at_once_when_many_connections_send_them_then_each_gets_its_answers_in_order(watch, make):
    with watch.cost() as cost:
        found = together([lambda c=c: read_all(watch, c, piped(c, make)) for c in range(CONNECTIONS)])
    assert {answer.status for answers in found for answer in answers} == {200}
    cost.check(CONNECTIONS, cpu_ms=5000, rss_kib=64)


def test_given_good_and_bad_requests_mixed_when_piped_then_each_gets_its_own_answer(watch):
    kinds = [lambda field: request("GET", "/livez", field), lambda field: request("GET", "/nothing", field),
             lambda field: request("DELETE", "/livez", field), lambda field: mcp_request(b"no json", field),
             lambda field: request("HEAD", "/livez", field), lambda field: mcp_request(PING, field)]
    expected = [200, 404, 405, 400, 200, 200]
    with watch.wire() as wire:
        wire.send(b"".join(kinds[number % 6](mark("m", number)) for number in range(120)))
        answers = [wire.answer(is_head=number % 6 == 4) for number in range(120)]
    assert ids(answers) == [f"p-m-{number}" for number in range(120)]
    assert [answer.status for answer in answers] == expected * 20


def test_given_a_close_in_the_middle_when_piped_then_what_follows_is_not_answered(watch):
    before, after = request("GET", "/livez"), request("GET", "/behind-the-end")
    with watch.wire() as wire:
        wire.send(before * 10 + request("GET", "/livez", "Connection: close") + after * 10)
        answers = wire.answers()
    assert [answer.status for answer in answers] == [200] * 11 and answers[-1].header("Connection") == "close"
    assert {entry["path"] for entry in watch.logged(11)} == {"/livez"}


def test_given_a_client_that_sends_and_never_reads_when_it_goes_then_nothing_of_it_stays(watch):
    for _ in range(50):
        with watch.wire(receive_buffer=2048) as wire:
            wire.socket.setblocking(False)
            sent_of_all = mcp_request(PING) * REQUESTS
            wire.socket.send(sent_of_all)
    assert status(watch, request("GET", "/livez")) == 200


@pytest.mark.parametrize("size", [1, 7, 100])
def test_given_requests_in_pieces_when_cut_anywhere_then_they_are_the_same_requests(watch, size):
    data = mcp_request(PING, mark("s", 0)) + request("GET", "/livez", mark("s", 1))
    with watch.wire() as wire:
        wire.socket.setsockopt(6, 1, 1)  # TCP_NODELAY: each piece is a packet
        for begin in range(0, len(data), size):
            wire.send(data[begin:begin + size])
        assert ids([wire.answer(), wire.answer()]) == ["p-s-0", "p-s-1"]
