# SPDX-License-Identifier: Apache-2.0
"""Clients that take their time (A01, A02, A03) and ten thousand that do nothing at all (G01). They come all at once, so that
they wait together: every limit must hold for each kind while the others are there."""

import pytest

from harness import sockets
from harness.crowd import Crowd
from harness.oracles import SLOW, Footprint
from harness.processes import seconds_without_cpu
from harness.wait import wait_for
from harness.wire import LIST_TOOLS, mcp_request, request

IDLE, SILENT, HALF, SLOWLORIS, TRICKLING, SLOW_READERS, BRISK = 10_000, 300, 300, 100, 200, 40, 20
# One source may hold 2,500 connections.
IDLE_SOURCES = [f"127.0.3.{n}" for n in (1, 2, 3, 4)]
READER = "127.0.4.1"
# Who sends slowly holds a request of its key.
SETTINGS = {"MAX_CONNECTIONS": "12000", "MAX_REQUESTS_PER_KEY": "1000"}
LONG_POST = "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"


class Everybody:
    """All crowds, the idle one first and alone, so that its memory can be told from the others'."""

    def __init__(self, server):
        port = server.port
        self.waited = seconds_without_cpu(server.pid)
        self.before = Footprint(server)
        self.idle = Crowd(port, IDLE, sources=IDLE_SOURCES, first=request("GET", "/livez").decode())
        wait_for(lambda: len(sockets.of_port(port)) >= IDLE, 20, 0.1)
        self.with_idle = Footprint(server)
        self.readers = Crowd(port, SLOW_READERS, sources=[READER], reads=False, receive_buffer=2048,
                             first=(mcp_request(LIST_TOOLS) * 300).decode())
        self.silent = Crowd(port, SILENT, sources=["127.0.2.1"])
        self.half = Crowd(port, HALF, sources=["127.0.2.2"], first="GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Ha")
        self.slowloris = Crowd(port, SLOWLORIS, sources=["127.0.2.3"], first="GET /livez HTTP/1.1\r\n", drip="X-More: 1\r\n")
        self.trickling = Crowd(port, TRICKLING, sources=["127.0.2.4"], first=LONG_POST, drip="x", every=5)
        self.brisk = Crowd(port, BRISK, sources=["127.0.2.5"], first=LONG_POST, drip="x" * 2048)

    def crowds(self):
        return [value for value in vars(self).values() if isinstance(value, Crowd)]


@pytest.fixture(scope="module")
def everybody(server, watch):
    found = Everybody(server)
    yield found
    for crowd in found.crowds():
        if crowd.process.poll() is None:
            crowd.vanish()


@pytest.fixture
def all_within(everybody, server):
    """Whether all were closed in time; what the machine kept server and clients from running for is not held against them."""
    def check(report, least, most):
        times = report["closed_after"]
        waited = report["waited"] + seconds_without_cpu(server.pid) - everybody.waited
        return report["open"] == 0 and least <= times[0] and times[-1] <= most + waited
    return check


def test_given_ten_thousand_idle_connections_when_open_then_each_costs_at_most_10_kib(everybody):
    grown = everybody.with_idle.rss_kib - everybody.before.rss_kib
    assert grown / IDLE <= 10 * (5 if SLOW else 1), f"{grown / IDLE:.1f} KiB each"
    assert everybody.with_idle.threads == everybody.before.threads


def test_given_connections_that_say_nothing_when_ten_seconds_pass_then_all_are_closed(everybody, all_within):
    report = everybody.silent.report(15)
    assert all_within(report, 8, 12), report


def test_given_half_a_header_when_ten_seconds_pass_then_all_are_closed_with_408(everybody, all_within):
    report = everybody.half.report(15)
    assert all_within(report, 8, 12) and report["statuses"] == {"408": HALF}, report


def test_given_a_header_line_a_second_when_ten_seconds_pass_then_all_are_closed_with_408(everybody, all_within):
    report = everybody.slowloris.report(15)
    assert all_within(report, 8, 12) and report["statuses"] == {"408": SLOWLORIS}, report


def test_given_a_body_that_trickles_when_ten_seconds_pass_then_all_are_answered_408(everybody, all_within):
    report = everybody.trickling.report(20)
    assert all_within(report, 8, 15) and report["statuses"] == {"408": TRICKLING}, report


def test_given_readers_that_do_not_read_when_they_are_owed_megabytes_then_little_waits_for_each(everybody, watch):
    entries = [entry for entry in sockets.of_port(watch.server.port) if entry.peer == READER]
    assert len(entries) == SLOW_READERS
    assert 0 < max(entry.unsent for entry in entries) <= 256 * 1024
    grown = Footprint(watch.server).rss_kib - everybody.with_idle.rss_kib
    half_sent = SILENT + HALF + SLOWLORIS + TRICKLING + BRISK
    assert grown <= (SLOW_READERS * 256 + half_sent * 32) * (4 if SLOW else 1), grown


def test_given_readers_that_do_not_read_when_thirty_seconds_pass_then_they_are_closed_and_nothing_waits(everybody, watch):
    wait_for(lambda: sockets.count(watch.server.port, READER) == 0, 45, 0.2)
    wait_for(lambda: not [entry for entry in sockets.of_port(watch.server.port) if entry.peer == READER], 5, 0.2)


def test_given_a_body_that_comes_steadily_when_others_are_closed_then_it_is_still_taken(everybody, watch):
    report = everybody.brisk.report(0)
    assert report["open"] == BRISK and report["bytes"] == 0, report
    wait_for(lambda: sockets.count(watch.server.port, "127.0.2.5") == 0, 5, 0.1)


def test_given_ten_thousand_idle_connections_when_the_idle_time_passes_then_all_are_gone(everybody, all_within, watch):
    report = everybody.idle.report(90)
    assert all_within(report, 70, 85) and report["statuses"] == {"200": IDLE}, report
    assert Footprint(watch.server).is_back_at(everybody.before)
