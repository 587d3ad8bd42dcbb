# SPDX-License-Identifier: Apache-2.0
"""Event streams that stay open (G02), a fifth of whose clients die without a word: each is kept alive, costs little, and goes
with its client."""

import os

import pytest

from harness import sockets
from harness.crowd import Crowd
from harness.oracles import SLOW, Footprint
from harness.wait import wait_for
from harness.wire import bearer, mcp_request, request

FULL = bool(os.environ.get("CUS_FULL"))
STREAMS, SECONDS = (2000, 600) if FULL else (500, 40)
DYING = STREAMS // 5
# One key may have 1,000 streams.
KEYS = [f"key-{number}-0123456789" for number in range(10)]
SETTINGS = {"MCP_API_KEYS": ",".join(f"tenant{number}:{key}" for number, key in enumerate(KEYS))}
CANARIES = KEYS
STAYING_SOURCE, DYING_SOURCE = "127.0.10.1", "127.0.10.2"
INITIALIZE = {"jsonrpc": "2.0", "id": 1, "method": "initialize",
              "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "harness", "version": "0"}}}
COMMENTS_AT_MOST_APART = 20


def stream_requests(watch, count):
    """Each for a session of its own."""
    found = []
    with watch.wire() as wire:
        for number in range(count):
            key = bearer(KEYS[number % len(KEYS)])
            wire.send(mcp_request(INITIALIZE, key))
            session = wire.answer().header("Mcp-Session-Id")
            found.append(request("GET", "/mcp", "Accept: text/event-stream", key, f"Mcp-Session-Id: {session}",
                                 "MCP-Protocol-Version: 2025-11-25").decode())
    assert len(set(found)) == count
    return found


class Streams:
    def __init__(self, watch):
        port = watch.server.port
        asks = stream_requests(watch, STREAMS)
        self.before = Footprint(watch.server)
        self.dying = Crowd(port, DYING, sources=[DYING_SOURCE], first=asks[:DYING])
        self.staying = Crowd(port, STREAMS - DYING, sources=[STAYING_SOURCE], first=asks[DYING:])
        wait_for(lambda: sockets.count(port, STAYING_SOURCE) + sockets.count(port, DYING_SOURCE) == STREAMS, 20, 0.1)
        self.open = Footprint(watch.server)


@pytest.fixture(scope="module")
def streams(server, watch):
    found = Streams(watch)
    yield found
    for crowd in (found.dying, found.staying):
        if crowd.process.poll() is None:
            crowd.vanish()


def test_given_many_streams_when_open_then_each_costs_at_most_32_kib(streams):
    grown = streams.open.rss_kib - streams.before.rss_kib
    assert grown / STREAMS <= 32 * (5 if SLOW else 1), f"{grown / STREAMS:.1f} KiB each"
    assert streams.open.threads == streams.before.threads


def test_given_clients_that_are_killed_when_a_minute_passes_then_the_server_has_let_go_of_their_streams(streams, watch):
    files = watch.server.open_files()
    streams.dying.vanish()
    wait_for(lambda: sockets.count(watch.server.port, DYING_SOURCE) == 0, 60, 0.1)
    wait_for(lambda: watch.server.open_files() <= files - DYING + 8, 60, 0.1)
    assert sockets.count(watch.server.port, state=sockets.CLOSE_WAIT) == 0


def test_given_streams_without_news_when_time_passes_then_a_comment_comes_at_least_every_twenty_seconds(streams, watch):
    report = streams.staying.report(SECONDS)
    grown = Footprint(watch.server).rss_kib - streams.open.rss_kib
    assert grown <= 4096 * (4 if SLOW else 1), f"{grown} KiB for comments"
    assert report["open"] == STREAMS - DYING and report["statuses"] == {"200": STREAMS - DYING}, report
    assert report["longest_silence"] <= COMMENTS_AT_MOST_APART, report
    assert report["least_arrivals"] >= 1 + SECONDS // COMMENTS_AT_MOST_APART, report
    wait_for(lambda: Footprint(watch.server).is_back_at(streams.before), 60, 0.2)
