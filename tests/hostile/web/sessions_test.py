# SPDX-License-Identifier: Apache-2.0
"""Sessions that nobody ends (B05): most clients never send DELETE. They cost next to nothing, cannot be guessed, and are
nobody's but those of the key that began them."""

import json
import os

import pytest

from harness.oracles import SLOW, Footprint, beside
from harness.route_table import status
from harness.wire import MCP_FIELDS, PING, bearer, mcp_request, request

FULL = bool(os.environ.get("CUS_FULL"))
COUNT = 100_000 if FULL else 16_000
MINE, THEIRS = "my-own-key-0123456789", "their-key-0123456789"
SETTINGS = {"MCP_API_KEYS": f"me:{MINE},them:{THEIRS}"}
CANARIES = [MINE, THEIRS]
VERSION = "MCP-Protocol-Version: 2025-11-25"
INITIALIZE = {"jsonrpc": "2.0", "id": 1, "method": "initialize",
              "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "harness", "version": "0"}}}


def initialized(watch, key):
    with watch.wire() as wire:
        wire.send(mcp_request(INITIALIZE, bearer(key)))
        return wire.answer().header("Mcp-Session-Id")


def begin_many(watch, count):
    plan = {"port": watch.server.port, "source": "127.0.9.1", "request": mcp_request(INITIALIZE, bearer(MINE)).decode(), "count": count,
            "seconds": 60, "collect": "mcp-session-id"}
    return json.loads(beside("burst", json.dumps(plan)).communicate(timeout=90)[0])


@pytest.fixture
def mine(watch):
    return initialized(watch, MINE)


def calls(session):
    """Everything that can be asked of a session."""
    fields = (f"Mcp-Session-Id: {session}", VERSION)
    return {"POST": lambda key: mcp_request(PING, bearer(key), *fields),
            "GET": lambda key: request("GET", "/mcp", MCP_FIELDS[0], "Accept: text/event-stream", bearer(key), *fields),
            "resume": lambda key: request("GET", "/mcp", "Accept: text/event-stream", "Last-Event-ID: 1", bearer(key), *fields),
            "DELETE": lambda key: request("DELETE", "/mcp", bearer(key), *fields)}


@pytest.mark.parametrize("what", calls(""))
def test_given_a_session_when_another_key_uses_its_id_then_it_is_404_and_the_session_lives(watch, mine, what):
    assert status(watch, calls(mine)[what](THEIRS)) == 404
    assert status(watch, calls(mine)["POST"](MINE)) == 200


@pytest.mark.parametrize("what", calls(""))
def test_given_an_id_of_nobodys_when_used_then_it_is_404_like_a_foreign_one(watch, mine, what):
    for session in ("0" * len(mine), mine[:-1] + ("0" if mine[-1] != "0" else "1"), mine.upper() + "x", "x", "../" + mine):
        assert status(watch, calls(session)[what](MINE)) in (400, 404), session


def test_given_many_sessions_that_nobody_ends_when_ever_more_begin_then_memory_stays_and_ids_are_long_and_distinct(watch):
    """The first ones fill what is kept; those after them push the oldest out."""
    first = begin_many(watch, COUNT // 2)
    before = Footprint(watch.server)
    second = begin_many(watch, COUNT // 2)
    after = Footprint(watch.server)
    for found in (first, second):
        assert set(found["statuses"]) == {"200"} and found["values"] == found["statuses"]["200"], found
        assert found["shortest"] >= 22, "128 bits in whatever alphabet"
    assert after.rss_kib - before.rss_kib <= 4096 * (4 if SLOW else 1), (before, after)
    assert status(watch, calls(initialized(watch, MINE))["POST"](MINE)) == 200


def test_given_a_flood_of_one_key_when_another_has_a_session_then_it_is_not_pushed_out(watch):
    theirs = initialized(watch, THEIRS)
    begin_many(watch, COUNT // 2)
    assert status(watch, calls(theirs)["POST"](THEIRS)) == 200
