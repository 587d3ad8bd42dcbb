# SPDX-License-Identifier: Apache-2.0
"""Rows on small MCP requests beside nginx and the official SDK, and on what idle sessions and connections hold."""

import json
import pathlib
import subprocess
import sys
import urllib.request

from harness.engines import ENGINES
from harness.server import Server
from http_yardsticks import HERE, load, nginx, sdk_server
from samples import row

PART_OF_NGINX, TIMES_SDK, MS_P99 = 3, 10, 5
KIB_SESSION, KIB_CONNECTION = 2, 10

REQUESTS = {
    "initialize": {"method": "initialize", "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}},
    "tools/list": {"method": "tools/list", "params": {}},
    "tools/call": {"method": "tools/call", "params": {"name": "test_simple_text", "arguments": {}}},
}


def message(request):
    return json.dumps({"jsonrpc": "2.0", "id": 1} | request)


def fresh(fixtures=True):
    server = Server(ENGINES["native"](), {"LOG_LEVEL": "info"})
    server.arguments = ["--mcp-conformance-fixtures"] if fixtures else []
    return server.start()


def post(server, request):
    body = message(request).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{server.port}/mcp", body, headers), timeout=10) as answer:
        return answer.read()


def throughput_rows(servers, smoke):
    """In turns, so that all see the same machine. The no-op tool is there in both; everything else is as in any start."""
    seconds = 1 if smoke else 3
    plain, fixtures = fresh(fixtures=False), fresh()
    try:
        ours = {name: plain if name != "tools/call" else fixtures for name in REQUESTS}
        sizes = {name: len(post(ours[name], request)) for name, request in REQUESTS.items()}
        with nginx(set(sizes.values())) as nginx_port, sdk_server() as sdk_port:
            for name, request in REQUESTS.items():
                for clients in (8,) if smoke else (1, 8, 64):
                    body = message(request)
                    per_second, p50, p99 = load(f"http://127.0.0.1:{ours[name].port}/mcp", body, clients, seconds)
                    beside, _, beside_p99 = load(f"http://127.0.0.1:{nginx_port}/{sizes[name]}", body, clients, seconds)
                    sdk, _, sdk_p99 = load(f"http://127.0.0.1:{sdk_port}/", body, clients, seconds)
                    held = per_second >= beside / PART_OF_NGINX and per_second >= sdk * TIMES_SDK and (clients != 8 or p99 < MS_P99)
                    yield row(f"{name}, {clients} clients", f"{per_second:,.0f}/s, p50 {p50:.2f}, p99 {p99:.2f} ms",
                              f"nginx {beside:,.0f}/s ({beside_p99:.2f}), SDK {sdk:,.0f}/s ({sdk_p99:.1f})",
                              f"{per_second / beside:.2f} {per_second / sdk:.0f}x",
                              f">= 1/{PART_OF_NGINX}, >= {TIMES_SDK}x" + (f", p99 < {MS_P99} ms" if clients == 8 else ""), held)
    finally:
        plain.discard()
        fixtures.discard()


def session_row(servers, smoke):
    count = 200 if smoke else 4000
    server = fresh(fixtures=False)
    try:
        for _ in range(100):
            post(server, REQUESTS["initialize"])
        before = server.rss_kib()
        for _ in range(count):
            post(server, REQUESTS["initialize"])
        each = (server.rss_kib() - before) / count
    finally:
        server.discard()
    yield row("memory of an idle session", f"{each:.2f} KiB", f"{count} of them", "", f"< {KIB_SESSION} KiB", each < KIB_SESSION)


def connection_row(servers, smoke):
    count = 200 if smoke else 10_000
    server = fresh(fixtures=False)
    try:
        post(server, REQUESTS["tools/list"])
        before = server.rss_kib()
        client = subprocess.Popen([sys.executable, pathlib.Path(HERE, "idle_clients.py"), str(server.port), str(count)], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        answered = int(client.stdout.readline())
        each = (server.rss_kib() - before) / count
        client.communicate(timeout=30)
    finally:
        server.discard()
    yield row("memory of an idle connection", f"{each:.2f} KiB", f"{answered} of {count} were answered", "", f"< {KIB_CONNECTION} KiB",
              each < KIB_CONNECTION and answered == count)
