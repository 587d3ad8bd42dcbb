# SPDX-License-Identifier: Apache-2.0
"""More work than there is time for (G04): nothing fails at the rate that is right, what is too much is refused with a time to
come back, and a moment later everything is as before."""

import json
import os
import pathlib
import re
import subprocess

import pytest

from harness.oracles import SLOW, beside
from harness.processes import seconds_without_cpu
from harness.route_table import status
from harness.together import behind
from harness.wait import wait_for
from harness.wire import LIST_TOOLS, PING, bearer, mcp_request, request

FULL = bool(os.environ.get("CUS_FULL"))
SECONDS = 60 if FULL else 8
BUSY, OTHER = "busy-key-0123456789", "other-key-0123456789"
PER_KEY, IN_ALL, PER_SOURCE = 16, 24, 300
SETTINGS = {"MCP_API_KEYS": f"busy:{BUSY},other:{OTHER}", "MAX_REQUESTS_PER_KEY": PER_KEY, "MAX_REQUESTS": IN_ALL,
            "MAX_CONNECTIONS_PER_SOURCE": PER_SOURCE, "CONTAINER_IDLE_TIMEOUT": "5"}
CANARIES = [BUSY, OTHER]
SCRIPT = """
wrk.method = "POST"
wrk.headers["Authorization"] = "Bearer %s"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = "application/json, text/event-stream"
wrk.body = '%s'
""" % (BUSY, json.dumps(LIST_TOOLS))


class Load:
    """What wrk says of a closed loop: 64 clients, each asks again when it is answered."""

    def __init__(self, text):
        self.text = text
        self.rate = float(re.search(r"Requests/sec: *([\d.]+)", text)[1])
        number, unit = re.search(r"99% +([\d.]+)(us|ms|s)", text).groups()
        self.p99 = float(number) * {"us": 1e-6, "ms": 1e-3, "s": 1}[unit]

    def has_errors(self):
        return "Socket errors" in self.text or "Non-2xx" in self.text


@pytest.fixture(scope="module")
def closed_loop(server, tmp_path_factory):
    script = tmp_path_factory.mktemp("wrk") / "list.lua"
    script.write_text(SCRIPT)

    def run(seconds):
        command = ["wrk", "-t2", "-c64", f"-d{seconds}s", "--latency", "-s", script, server.url]
        return Load(subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30).stdout)
    return run


@pytest.fixture(scope="module")
def nominal(closed_loop, watch):
    return closed_loop(SECONDS // 2)


def test_given_sixty_four_busy_clients_when_each_asks_again_at_once_then_no_request_fails(nominal):
    assert not nominal.has_errors(), nominal.text
    assert nominal.p99 < (1.0 if SLOW else 0.1), nominal.text


def test_given_three_times_what_is_possible_when_it_keeps_coming_then_the_rest_is_refused_with_a_time_to_come_back(watch, nominal, closed_loop):
    plan = {"port": watch.server.port, "source": "127.0.8.1", "request": mcp_request(LIST_TOOLS, bearer(BUSY)).decode(),
            "rate": 3 * nominal.rate, "seconds": SECONDS, "connections": 200}
    flood = beside("flood", json.dumps(plan))
    found = json.loads(flood.communicate(timeout=SECONDS + 60)[0])
    assert set(found["statuses"]) <= {"200", "429", "503"}, found
    assert found["without_advice"] == 0 and found["lost"] == 0, found
    assert found["statuses"]["200"] >= nominal.rate * SECONDS / (20 if SLOW else 8), found
    waited = seconds_without_cpu(watch.server.pid)
    after = closed_loop(3)
    waited = seconds_without_cpu(watch.server.pid) - waited
    assert not after.has_errors() and after.p99 <= max(2 * nominal.p99, 0.1) + waited, (after.text, nominal.text)


def test_given_more_connections_than_one_source_may_have_when_they_come_then_they_are_told_when_to_come_back(watch):
    wires = [watch.wire("127.0.8.2") for _ in range(PER_SOURCE)]
    try:
        for _ in range(20):
            with watch.wire("127.0.8.2") as late:
                answer = late.answer()
            assert (answer.status, answer.header("Connection")) == (503, "close") and int(answer.header("Retry-After")) >= 1
            assert answer.is_typed()
        assert status(watch, request("GET", "/livez"), source="127.0.8.3") == 200, "other sources are not meant"
    finally:
        for wire in wires:
            wire.socket.close()


def ping(watch, key):
    with watch.wire() as wire:
        wire.send(mcp_request(PING, bearer(key)))
        return wire.answer()


def test_given_one_key_with_all_its_requests_under_way_when_it_sends_more_then_only_it_is_refused(watch, chat):
    """Who waits for plain JSON holds a request for as long as it takes; an event stream would not count."""
    def waits(key, name):
        return behind(watch.server.mcp(name, key, Accept="application/json").bash, "until [ -e go ]; do sleep 0.05; done; echo went")

    for key in (BUSY, OTHER):
        watch.server.run(chat, "true", key=key)
    calls = [waits(BUSY, chat) for _ in range(PER_KEY)]
    refused = wait_for(lambda: (answer := ping(watch, BUSY)).status != 200 and answer, 20)
    assert refused.status == 429 and int(refused.header("Retry-After")) >= 1 and refused.is_typed()
    assert ping(watch, OTHER).status == 200

    calls += [waits(OTHER, chat) for _ in range(IN_ALL - PER_KEY)]
    refused = wait_for(lambda: (answer := ping(watch, OTHER)).status != 200 and answer, 20)
    assert refused.status == 503 and int(refused.header("Retry-After")) >= 1 and refused.is_typed()
    assert status(watch, request("GET", "/livez")) == 200, "an orchestrator must not take it for dead"

    for tenant in ("busy", "other"):
        pathlib.Path(watch.server.home_of(chat, tenant), "go").touch()
    assert {call.result(30) for call in calls} == {"went\n[exit 0]"}
    assert [ping(watch, key).status for key in (BUSY, OTHER)] == [200, 200]
    watch.check_sandboxes()
