# SPDX-License-Identifier: Apache-2.0
"""The rows of bench/run: each measures something of ours beside its yardstick. `servers` has one for each engine."""

import secrets
import time

from parts import at_once, command_inside, connect, create_and_start, raw_create_body, raw_exec, run_tool
from raw_client import tool_call
from samples import median, row, sample, summary, timed
from http_rows import connection_row, session_row, throughput_rows
from scale_rows import crowd_row, memory_row, together_row

MS_OVER_COMMAND = 1.5
MS_NEW_CHAT = 15
PART_OF_CREATE = 8


def tool_call_row(servers, smoke):
    calls, execs = (50, 5) if smoke else (1000, 60)
    chat = "bench-call"
    over = {}
    for name, server in servers.items():
        client = connect(server)
        run_tool(client, "true", chat)
        request_bytes = tool_call("true", chat)
        ours = sample(lambda: client.exchange(request_bytes), calls, 50)
        inside = command_inside(client, chat, calls)
        client.close()
        over[name] = median(ours) - median(inside)
        yield row(f"{name}: tool call over the command", summary(ours), f"bash -c true inside: {summary(inside)}",
                  f"{over[name]:+.2f} ms", f"p50 <= +{MS_OVER_COMMAND} ms", over[name] <= MS_OVER_COMMAND)
    docker = servers["docker"]
    engine = raw_exec(docker.engine, docker.sandbox_of(chat), execs)
    yield row("tool call over the command, beside exec", f"{over['docker']:+.2f} ms", f"engine exec: {summary(engine)}",
              f"1/{median(engine) / max(over['docker'], 0.001):.0f}", "<= 1/20 of a raw exec", over["docker"] <= median(engine) / 20)


def new_chat_row(servers, smoke):
    """In turns, so that all see the same machine; a moment apart, as chats begin."""
    rounds, chats_each = (2, 1) if smoke else (15, 4)
    clients = {name: connect(server) for name, server in servers.items()}
    for client in clients.values():
        run_tool(client, "true", "bench-warm")
    body = raw_create_body(servers["docker"], "bench-warm")
    ours, raw = {name: [] for name in servers}, []

    def new_chat(name):
        chat = "bench-new-" + secrets.token_hex(4)
        ours[name].append(timed(lambda: run_tool(clients[name], "true", chat)))

    for _ in range(rounds):
        new_chat("docker")
        raw.append(create_and_start(servers["docker"].engine, body))
        for _ in range(chats_each):
            time.sleep(0.1)
            new_chat("native")
    for client in clients.values():
        client.close()
    ratio = median(ours["docker"]) / median(raw)
    yield row("docker: new chat to its first result", summary(ours["docker"]), f"raw create + start: {summary(raw)}", f"{ratio:.2f}",
              "<= 1.3 x create + start", ratio <= 1.3)
    native = median(ours["native"])
    part = median(raw) / native
    yield row("native: new chat to its first result", summary(ours["native"]), f"Docker's create + start: {summary(raw)}",
              f"1/{part:.0f}", f"<= {MS_NEW_CHAT} ms, <= 1/{PART_OF_CREATE}", native <= MS_NEW_CHAT and part >= PART_OF_CREATE)


def parallel_row(servers, smoke):
    count = 4 if smoke else 24
    chats = [f"bench-par-{i}" for i in range(count)]
    for name, server in servers.items():
        client = connect(server)
        for chat in chats:
            run_tool(client, "true", chat)
        client.close()
        took = at_once(server, "sleep 2", chats) / 1000
        yield row(f"{name}: {count} x sleep 2 in {count} sandboxes", f"{took:.2f} s", "sleep 2: 2.00 s", f"{took / 2:.2f}", "<= 2.3 s",
                  took <= 2.3)
    time.sleep(1 if smoke else 10)  # the row asks for the memory that stays
    for name, server in servers.items():
        rss = server.rss_kib() / 1024
        yield row(f"{name}: RSS of the server after that row", f"{rss:.1f} MiB", "nothing", "", "< 30 MB", rss * 1.048576 < 30)


ALL = [tool_call_row, new_chat_row, parallel_row, together_row, memory_row, crowd_row, throughput_rows, session_row, connection_row]
