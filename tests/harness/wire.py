# SPDX-License-Identifier: Apache-2.0
"""A byte-exact HTTP client: sends what a test wrote and nothing else, and reads answers as a strict client must."""

import json
import re
import socket
import time

STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5]\d\d) ([\x20-\x7e]*)")
FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([\t\x20-\x7e\x80-\xff]*)")


class Answer:
    def __init__(self, status, fields, body):
        self.status = status
        self.fields = fields  # [(lower-case name, value)] as they came
        self.body = body

    def header(self, name):
        found = [value for field, value in self.fields if field == name.lower()]
        assert len(found) <= 1, f"{name} came {len(found)} times"
        return found[0] if found else None

    def json(self):
        return json.loads(self.body)

    def is_typed(self):
        """Whether an error says what it is, as JSON: {"detail": text} or a JSON-RPC error."""
        message = self.json()
        return isinstance(message.get("detail"), str) or isinstance(message["error"]["code"], int)

    def __repr__(self):
        return f"{self.status} {self.body[:200]!r}"


class Gone(Exception):
    """The server closed the connection before an answer was whole."""


class Wire:
    """One connection from an address of this machine."""

    def __init__(self, port, source="127.0.0.1", receive_buffer=None, record=None, timeout=20):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.bind((source, 0))
        self.socket.connect(("127.0.0.1", port))
        self.record = record or (lambda data: None)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """False: the server has had enough."""
        try:
            self.socket.sendall(data)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def more(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self.record(data)
        self.buffer += data
        return bool(data)

    def take(self, size):
        while len(self.buffer) < size:
            if not self.more():
                raise Gone
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken

    def take_line(self):
        while b"\r\n" not in self.buffer:
            if not self.more():
                raise Gone
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def answer(self, is_head=False):
        """The next answer; anything but well-formed HTTP/1.1 fails the test."""
        line = self.take_line()
        status = STATUS_LINE.fullmatch(line)
        assert status, line
        fields = []
        while line := self.take_line():
            field = FIELD.fullmatch(line)
            assert field, line
            fields.append((field[1].decode().lower(), field[2].decode(errors="surrogateescape")))
        answer = Answer(int(status[1]), fields, b"")
        if answer.status == 100:
            return self.answer(is_head)
        if not is_head and answer.status not in (204, 304):
            answer.body = self.take_chunks() if answer.header("Transfer-Encoding") else self.take(int(answer.header("Content-Length")))
        return answer

    def take_chunks(self):
        body = b""
        while size := int(self.take_line(), 16):
            body += self.take(size)
            assert self.take(2) == b"\r\n"
        assert self.take_line() == b""
        return body

    def answers(self):
        """All until the server closes."""
        found = []
        try:
            while True:
                found.append(self.answer())
        except Gone:
            assert not self.buffer, f"half an answer: {self.buffer[:200]}"
            return found

    def seconds_until_closed(self):
        """From now on; what comes until then is thrown away."""
        begin = time.monotonic()
        while self.more():
            self.buffer = b""
        return time.monotonic() - begin


def request(method, target, *fields, body=None, host="127.0.0.1", version="HTTP/1.1"):
    """A well-formed request's bytes; `fields` are whole header lines, text or bytes."""
    lines = [f"{method} {target} {version}".encode("latin-1") if isinstance(target, str) else method.encode() + b" " + target + b" HTTP/1.1"]
    if host is not None:
        lines.append(b"Host: " + (host if isinstance(host, bytes) else host.encode()))
    lines += [field if isinstance(field, bytes) else field.encode() for field in fields]
    if body is not None:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + (body or b"")


def bearer(key):
    return f"Authorization: Bearer {key}"


MCP_FIELDS = ("Content-Type: application/json", "Accept: application/json, text/event-stream")


def mcp_request(message, *fields, target="/mcp", host="127.0.0.1"):
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return request("POST", target, *MCP_FIELDS, *fields, body=body, host=host)


PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
LIST_TOOLS = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
