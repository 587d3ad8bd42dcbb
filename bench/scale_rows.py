# SPDX-License-Identifier: Apache-2.0
"""Rows on many sandboxes of the native engine: begun at once, idle, and five hundred of them."""

import itertools
import secrets
import time

from harness.engines import ENGINES
from harness.processes import family
from harness.server import Server
from parts import at_once, connect, run_tool
from raw_client import tool_call
from samples import p99, row, sample, summary

NEW_AT_ONCE, SECONDS_AT_ONCE = 100, 2
MIB_IDLE = 2
CROWD, MB_CROWD, TIMES_ONE = 500, 60, 2


def fresh(**settings):
    """A server of the row's own, so that what others did is not counted."""
    return Server(ENGINES["native"](), {"LOG_LEVEL": "info", "MAX_SANDBOXES": "1000"} | settings).start()


def new_chats(count):
    return ["bench-" + secrets.token_hex(6) for _ in range(count)]


def together_row(servers, smoke):
    count = 8 if smoke else NEW_AT_ONCE
    server = fresh()
    try:
        took = at_once(server, "true", new_chats(count)) / 1000
    finally:
        server.discard()
    yield row(f"native: {count} new chats at once, all answered", f"{took:.2f} s", f"one after the other: {took / count * 1000:.1f} ms each", "",
              f"<= {SECONDS_AT_ONCE} s", took <= SECONDS_AT_ONCE)


def pss_kib(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def memory_row(servers, smoke):
    """Everything that a sandbox runs when nothing happens in it: bubblewrap's monitor, the guest and its children."""
    server = servers["native"]
    chats = new_chats(2 if smoke else 20)
    client = connect(server)
    for chat in chats:
        run_tool(client, "true", chat)
    client.close()
    time.sleep(1)
    sandboxes = [family(server.engine.monitor(server.sandbox_of(chat))) for chat in chats]
    each = [sum(map(pss_kib, pids)) / 1024 for pids in sandboxes]
    yield row("native: memory of an idle sandbox (PSS, MiB)", summary(each), f"{len(sandboxes[0])} processes", "", f"<= {MIB_IDLE} MiB",
              max(each) <= MIB_IDLE)


def crowd_row(servers, smoke):
    count, calls = (4, 40) if smoke else (CROWD, 2000)
    server = fresh(CONTAINER_IDLE_TIMEOUT="7200")
    try:
        first, *others = new_chats(count)
        client = connect(server)
        run_tool(client, "true", first)
        request = tool_call("true", first)
        alone = sample(lambda: client.exchange(request), calls, 50)
        for begin in range(0, len(others), 25):
            at_once(server, "true", others[begin:begin + 25])
        running = sum(server.engine.state(name) == "running" for name in server.sandboxes())
        turns = itertools.cycle([tool_call("true", chat) for chat in [first, *others]])
        in_crowd = sample(lambda: client.exchange(next(turns)), calls, 50)
        client.close()
        rss = server.rss_kib() / 1024
    finally:
        server.discard()
    yield row(f"native: RSS of the server, {count} sandboxes", f"{rss:.1f} MiB", f"{running} run", "", f"< {MB_CROWD} MB",
              rss * 1.048576 < MB_CROWD and running == count)
    ratio = p99(in_crowd) / p99(alone)
    yield row(f"native: tool call among {count} sandboxes", summary(in_crowd), f"with one: {summary(alone)}", f"{ratio:.2f}",
              f"p99 <= {TIMES_ONE} x of one", ratio <= TIMES_ONE)
