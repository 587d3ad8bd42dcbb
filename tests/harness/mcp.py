# SPDX-License-Identifier: Apache-2.0
"""A small MCP client over one kept connection; byte-exact where a test wants to see what is on the wire."""

import http.client
import itertools
import json


class Answer:
    def __init__(self, status, headers, text):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        self.text = text

    def messages(self):
        """The JSON-RPC messages of a plain or a streamed answer, in order."""
        if self.headers.get("content-type", "").startswith("text/event-stream"):
            events = [block for block in self.text.split("\n\n") if block.strip()]
            data = ["\n".join(line[5:].lstrip() for line in block.split("\n") if line.startswith("data:")) for block in events]
            return [json.loads(item) for item in data if item]
        return [json.loads(self.text)] if self.text else []

    def result(self):
        last = self.messages()[-1]
        assert "result" in last, last
        return last["result"]

    def error(self):
        last = self.messages()[-1]
        assert "error" in last, last
        return last["error"]


class Mcp:
    def __init__(self, port, chat=None, key=None, headers=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        self.headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        if chat is not None:
            self.headers["X-Chat-Id"] = chat
        if key:
            self.headers["Authorization"] = f"Bearer {key}"
        self.headers |= headers or {}
        self.ids = itertools.count(1)

    def post(self, body, headers=None):
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        data = data.encode() if isinstance(data, str) else data
        self.connection.request("POST", "/mcp", data, self.headers | (headers or {}))
        answer = self.connection.getresponse()
        return Answer(answer.status, answer.getheaders(), answer.read().decode())

    def request(self, method, params=None, **extra):
        body = {"jsonrpc": "2.0", "id": next(self.ids), "method": method} | extra
        if params is not None:
            body["params"] = params
        return self.post(body)

    def initialize(self, version="2025-11-25"):
        params = {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "harness", "version": "0"}}
        return self.request("initialize", params)

    def call(self, tool, arguments, meta=None):
        params = {"name": tool, "arguments": arguments}
        if meta:
            params["_meta"] = meta
        return self.request("tools/call", params)

    def bash_result(self, command, **arguments):
        return self.call("bash_tool", {"command": command} | arguments).result()

    def bash(self, command, **arguments):
        """The result's text."""
        return self.bash_result(command, **arguments)["content"][0]["text"]

    def notify(self, method, params):
        return self.post({"jsonrpc": "2.0", "method": method, "params": params})

    def close(self):
        self.connection.close()
