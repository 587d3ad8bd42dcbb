# SPDX-License-Identifier: Apache-2.0
"""WebSocket frames as bytes, right or wrong, over a byte-exact connection."""

import base64
import collections
import hashlib
import os
import struct

from harness.wire import Gone, request

FIN, RSV1, RSV2, RSV3 = 0x80, 0x40, 0x20, 0x10
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
MASK = bytes.fromhex("1234a6f8")

Frame = collections.namedtuple("Frame", "head payload")


def frame(head, payload=b"", length=None, mask=MASK):
    """`length` is what is announced, if it is not the payload's; without a mask it is what no client may send."""
    size = len(payload) if length is None else length
    flag = 0x80 if mask else 0
    if size < 126:
        begin = struct.pack("!BB", head, flag | size)
    elif size < 1 << 16:
        begin = struct.pack("!BBH", head, flag | 126, size)
    else:
        begin = struct.pack("!BBQ", head, flag | 127, size)
    if not mask:
        return begin + payload
    whole = (MASK * (len(payload) // 4 + 1))[:len(payload)]
    return begin + mask + bytes(a ^ b for a, b in zip(payload, whole)) if len(payload) < 4096 else begin + bytes(4) + payload


def close_payload(code, reason=b""):
    return struct.pack("!H", code) + reason


def upgrade(*fields, key=None, path="/test/ws", host="127.0.0.1", version="13", method="GET"):
    key = base64.b64encode(os.urandom(16)).decode() if key is None else key
    return request(method, path, "Connection: keep-alive, Upgrade", "Upgrade: websocket", f"Sec-WebSocket-Version: {version}",
                   f"Sec-WebSocket-Key: {key}", *fields, host=host)


def accept_of(key):
    return base64.b64encode(hashlib.sha1(key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()).decode()


class Peer:
    """One end of a WebSocket, over a harness.wire.Wire."""

    def __init__(self, wire):
        self.wire = wire

    def open(self, *fields, **options):
        """The fields of the 101, whose own line and accept are checked."""
        key = base64.b64encode(os.urandom(16)).decode()
        self.wire.send(upgrade(*fields, key=key, **options))
        assert self.wire.take_line() == b"HTTP/1.1 101 Switching Protocols"
        found = {}
        while line := self.wire.take_line():
            name, _, value = line.decode().partition(": ")
            assert name.lower() not in found, line
            found[name.lower()] = value
        assert found["sec-websocket-accept"] == accept_of(key)
        assert found["upgrade"].lower() == "websocket" and found["connection"].lower() == "upgrade"
        return found

    def send(self, *frames):
        return self.wire.send(b"".join(frames))

    def next(self):
        """The server's next frame, which must be one that a server may send; None at the end."""
        try:
            head, size = self.wire.take(2)
            assert size < 0x80, "a server must not mask"
            assert head & 0x7F in (TEXT, BINARY, CLOSE, PING, PONG, CONTINUATION), hex(head)
            if size >= 126:
                width = 2 if size == 126 else 8
                size = int.from_bytes(self.wire.take(width), "big")
            return Frame(head, self.wire.take(size))
        except Gone:
            assert not self.wire.buffer, f"half a frame: {self.wire.buffer[:100]}"
            return None

    def echo(self, text=b"hello"):
        self.send(frame(FIN | TEXT, text))
        assert self.next() == Frame(FIN | TEXT, text)

    def close_code(self):
        """Of the close that comes next, after pongs and what was echoed before; nothing may come behind it."""
        found = self.next()
        while found and found.head != FIN | CLOSE:
            found = self.next()
        if found is None:
            return None
        assert self.next() is None, "something came after the close"
        return struct.unpack("!H", found.payload[:2])[0]
