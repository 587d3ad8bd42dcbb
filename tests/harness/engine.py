# SPDX-License-Identifier: Apache-2.0
"""What tests ask of the container engine, through its REST API."""

import http.client
import json
import socket
import time
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

    def events(self, container, since):
        """What happened to a container since then (Unix time): the names of its events."""
        filters = urllib.parse.quote(json.dumps({"container": [container]}))
        connection = UnixConnection(self.path)
        connection.request("GET", f"{API}/events?since={since:.6f}&until={time.time():.6f}&filters={filters}")
        lines = connection.getresponse().read().decode().splitlines()
        connection.close()
        return [json.loads(line)["Action"] for line in lines if line]

    def state(self, container):
        """running, exited, paused, created, dead; None: there is no such container."""
        found = self.inspect(container)
        return found and found["State"]["Status"]

    def recreate(self, container):
        """The same container once more, created and not started."""
        old = self.inspect(container)
        self.remove(container)
        body = old["Config"] | {"HostConfig": old["HostConfig"]}
        status, answer = self.call("POST", f"/containers/create?name={old['Name'][1:]}", body)
        assert status == 201, answer

    def remove(self, container):
        return self.call("DELETE", f"/containers/{container}?force=1&v=1")[0]
