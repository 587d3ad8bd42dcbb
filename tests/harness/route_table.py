# SPDX-License-Identifier: Apache-2.0
"""The binary's own table of routes, so that a route without a place in the tests' expectations cannot come to be."""

import collections

from harness.wire import MCP_FIELDS, PING, bearer, mcp_request, request

Route = collections.namedtuple("Route", "method path auth")


def routes(server):
    rows = [line.split() for line in server.command("--dump-routes").stdout.splitlines()]
    return [Route(*row[:3]) for row in rows if len(row) > 2 and row[0].isupper() and row[1].startswith("/")]


def call(route, *fields, key=None, path=None, host="127.0.0.1"):
    """The bytes of a request that this route would answer, if it lets the caller in; the path can be another."""
    more = fields + ((bearer(key),) if key else ())
    target = path or route.path.replace("*", "x")
    if route.method == "POST" and route.path.startswith("/mcp"):
        return mcp_request(PING, *more, target=target, host=host)
    body = b"{}" if route.method in ("POST", "PUT", "PATCH") else None
    return request(route.method, target, *MCP_FIELDS, *more, body=body, host=host)


def status(watch, data, **options):
    """Only the status: what follows may be a stream that does not end."""
    with watch.wire(**options) as wire:
        wire.send(data)
        return int(wire.take_line()[9:12])
