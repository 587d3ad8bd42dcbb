# SPDX-License-Identifier: Apache-2.0
"""Stands between a server and its engine: records every call, and may report other API versions."""

import http.server
import json
import os
import re
import shutil
import socketserver
import tempfile
import threading

from harness.engine import Engine, UnixConnection


class Listener(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128


class EngineProxy(Engine):
    """Looks like an engine to the harness too. `shift` = ("1.44", "1.41"): says the first, is the second."""

    def __init__(self, real, shift=None):
        self.real = real
        self.shift = shift
        self.calls = []
        self.home = tempfile.mkdtemp(prefix="cus-proxy.", dir="/tmp")
        super().__init__(f"unix://{self.home}/engine.sock")
        self.listener = Listener(self.path, self.handler())
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def call(self, method, path, body=None):
        """The harness's own questions are not the server's."""
        return self.real.call(method, path, body)

    def answer(self, method, path, body, headers):
        """(status, headers, body) of the real engine, shifted."""
        if self.shift:
            said, real = self.shift
            version = re.match(r"/v([\d.]+)/", path)
            if version and version[1] != said:
                return 400, [], json.dumps({"message": f"client version {version[1]} is not spoken here"}).encode()
            path = path.replace(f"/v{said}/", f"/v{real}/", 1)
        connection = UnixConnection(self.real.path, timeout=120)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        data = answer.read()
        kept = [(name, value) for name, value in answer.getheaders()
                if name.lower() not in ("content-length", "transfer-encoding", "connection")]
        connection.close()
        if self.shift:
            kept = [(name, self.shift[0] if name.lower() == "api-version" else value) for name, value in kept]
            if path.endswith("/version"):
                data = json.dumps(json.loads(data) | {"ApiVersion": said, "MinAPIVersion": said}).encode()
        return answer.status, kept, data

    def handler(proxy):  # its `self` is the handler's
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def relay(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                proxy.calls.append((self.command, self.path, body.decode()))
                headers = {"Content-Type": "application/json"} if body else {}
                status, answered, data = proxy.answer(self.command, self.path, body or None, headers)
                self.send_response_only(status)
                for name, value in answered:
                    self.send_header(name, value)
                if status not in (204, 304):
                    self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if self.command != "HEAD" and status not in (204, 304):
                    self.wfile.write(data)

            do_GET = do_POST = do_DELETE = do_PUT = do_HEAD = relay

        return Handler

    def discard(self):
        self.listener.shutdown()
        self.listener.server_close()
        shutil.rmtree(self.home, ignore_errors=True)
