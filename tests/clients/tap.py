# SPDX-License-Identifier: Apache-2.0
"""Stands between a client and the server, passes every byte on as it comes, and remembers what was asked.

Either side's close reaches the other side, so that giving up looks to the server as it does without this."""

import json
import socket
import threading


class Tap:
    def __init__(self, port):
        self.target = port
        self.requests = []  # [{verb, path, headers, body}], in the order they arrived
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/mcp"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            for source, sink, seen in ((client, server, Requests(self.requests)), (server, client, None)):
                threading.Thread(target=relay, args=(source, sink, seen), daemon=True).start()

    def asked(self, method=None):
        """The JSON-RPC messages that clients sent, all or those of one method, each with its headers."""
        return [request for request in list(self.requests) if method is None or request["body"].get("method") == method]

    def close(self):
        self.listener.close()


def relay(source, sink, seen):
    try:
        while data := source.recv(65536):
            if seen:
                seen.feed(data)
            sink.sendall(data)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class Requests:
    """Cuts one connection's bytes into requests; those here give their length or have no body."""

    def __init__(self, found):
        self.found = found
        self.pending = b""

    def feed(self, data):
        self.pending += data
        while b"\r\n\r\n" in self.pending:
            head, rest = self.pending.split(b"\r\n\r\n", 1)
            line, *fields = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, value in (field.split(":", 1) for field in fields)}
            length = int(headers.get("content-length", 0))
            if len(rest) < length:
                return
            body, self.pending = rest[:length], rest[length:]
            message = json.loads(body) if body else {}
            verb, path, _ = line.split(" ")
            self.found.append({"verb": verb, "path": path, "headers": headers, "body": message})
