# SPDX-License-Identifier: Apache-2.0
"""A visit is what one client did at the server: its steps in a chat of its own, and all it asked. Each client visits once for all tests."""

import secrets
import time
from concurrent.futures import ThreadPoolExecutor

from roster import CLIENTS
from tap import Tap


class Visit:
    def __init__(self, client, server, home):
        self.client = client
        self.server = server
        self.key = server.key
        self.home = home
        self.chat = "visit-" + secrets.token_hex(6)
        self.tap = Tap(server.port)
        self.url = self.tap.url
        self.seen = None

    def go(self):
        try:
            self.seen = CLIENTS[self.client](self)
        finally:
            self.tap.close()
        return self

    def asked(self, method=None):
        return self.tap.asked(method)

    def version(self):
        """The revision in which it called tools."""
        versions = {request["headers"].get("mcp-protocol-version") for request in self.asked("tools/call")}
        assert len(versions) == 1, versions
        return versions.pop()

    def wants_progress(self):
        calls = [request["body"]["params"] for request in self.asked("tools/call")]
        return any("progressToken" in call.get("_meta", {}) for call in calls)

    def runs(self, command, chat=None):
        found = self.server.run(chat or self.chat, f"pgrep -cf '^{command}'", key=self.key)
        return int(found.splitlines()[0]) > 0

    def end_of(self, command, chat=None):
        """How long the command still ran, or that it goes on; it does not outlive this."""
        began = time.monotonic()
        while time.monotonic() - began < 8:
            if not self.runs(command, chat):
                return {"gone_after_ms": round((time.monotonic() - began) * 1000)}
            time.sleep(0.1)
        self.server.run(chat or self.chat, f"pkill -f '^{command}'", key=self.key)
        return {"goes_on": True}


class Visits:
    """Those of the clients in question, two at a time."""

    def __init__(self, server, make_home, clients):
        self.pool = ThreadPoolExecutor(2)
        self.begun = {client: self.pool.submit(Visit(client, server, make_home("client")).go) for client in clients}

    def of(self, client):
        return self.begun[client].result()

    def done(self):
        """{client: visit} of those that have come and gone."""
        return {client: visit.result() for client, visit in self.begun.items() if visit.done() and not visit.exception()}

    def close(self):
        self.pool.shutdown(cancel_futures=True)
