# SPDX-License-Identifier: Apache-2.0
"""What tests ask of the container engine, through its REST API."""

import http.client
import json
import socket
import urllib.parse

API = "/v1.41"


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout=60):
        super().__init__("engine", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Engine:
    def __init__(self, url):
        self.url = url
        self.path = url.removeprefix("unix://")

    def call(self, method, path, body=None):
        """(status, decoded body)"""
        connection = UnixConnection(self.path)
        headers = {"Content-Type": "application/json"}
        connection.request(method, API + path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text.strip()[:1] in (b"{", b"[") else text

    def containers(self, instance=None):
        """Every sandbox, running or not; of one server when its instance id is given."""
        label = "cus.instance" + (f"={instance}" if instance else "")
        filters = urllib.parse.quote(json.dumps({"label": [label]}))
        status, found = self.call("GET", f"/containers/json?all=1&filters={filters}")
        assert status == 200, found
        return found

    def inspect(self, container):
        status, found = self.call("GET", f"/containers/{container}/json")
        return found if status == 200 else None

    def kill(self, container):
        return self.call("POST", f"/containers/{container}/kill")[0]

    def stop(self, container, seconds=5):
        return self.call("POST", f"/containers/{container}/stop?t={seconds}")[0]

    def pause(self, container):
        return self.call("POST", f"/containers/{container}/pause")[0]

    def remove(self, container):
        return self.call("DELETE", f"/containers/{container}?force=1&v=1")[0]
