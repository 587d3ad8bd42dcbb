# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 on one kept socket with nothing around it, so that the client is not what is measured."""

import json
import socket


class RawClient:
    def __init__(self, address):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        if family == socket.AF_INET:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect(address)

    def exchange(self, request):
        """The body of the answer to a whole request; both sides announce lengths."""
        self.socket.sendall(request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0)
        while len(body) < length:
            body += self._more()
        return body

    def _more(self):
        chunk = self.socket.recv(65536)
        assert chunk, "the connection ended"
        return chunk

    def close(self):
        self.socket.close()


def request(method, path, body=None, headers=None, host="localhost"):
    data = json.dumps(body).encode() if body is not None else b""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Content-Type: application/json", f"Content-Length: {len(data)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + data


def tool_call(command, chat):
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "bash_tool", "arguments": {"command": command}}}
    return request("POST", "/mcp", body, {"X-Chat-Id": chat, "Accept": "application/json"})
