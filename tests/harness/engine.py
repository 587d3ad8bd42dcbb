# SPDX-License-Identifier: Apache-2.0
"""What tests ask of a Docker engine, through its REST API."""

import http.client
import json
import os
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
    """A Docker engine. NativeEngine answers the same questions about sandboxes."""

    name = "docker"
    # {what: (the setting that names it, a value that does not exist)}
    missing = {"program": ("DOCKER_SOCKET", "unix:///nowhere/engine.sock"), "image": ("DOCKER_IMAGE", "no-such-image:none")}

    def __init__(self, url):
        self.url = url
        self.path = url.removeprefix("unix://")

    def settings(self):
        """What a server needs to use it."""
        return {"ENGINE": "docker", "DOCKER_SOCKET": self.url, "DOCKER_IMAGE": os.environ["CUS_IMAGE"]}

    def node_image(self):
        """The setting of an image that has Node as well."""
        return {"DOCKER_IMAGE": os.environ["CUS_NODE_IMAGE"]}

    def recorded(self):
        """Settings of servers whose sandboxes have a history."""
        return {}

    def of(self, server):
        """This engine as the tests of one server see it."""
        return self

    def call(self, method, path, body=None):
        """(status, decoded body)"""
        connection = UnixConnection(self.path)
        headers = {"Content-Type": "application/json"}
        connection.request(method, API + path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text.strip()[:1] in (b"{", b"[") else text

    def sandboxes(self, instance=None):
        """The names of all sandboxes, running or not; of one server when its instance id is given."""
        label = "cus.instance" + (f"={instance}" if instance else "")
        filters = urllib.parse.quote(json.dumps({"label": [label]}))
        status, found = self.call("GET", f"/containers/json?all=1&filters={filters}")
        assert status == 200, found
        return [container["Names"][0].removeprefix("/") for container in found]

    def inspect(self, sandbox):
        status, found = self.call("GET", f"/containers/{sandbox}/json")
        return found if status == 200 else None

    def kill(self, sandbox):
        assert self.call("POST", f"/containers/{sandbox}/kill")[0] == 204

    def stop(self, sandbox, seconds=5):
        assert self.call("POST", f"/containers/{sandbox}/stop?t={seconds}")[0] in (204, 304)

    def pause(self, sandbox):
        assert self.call("POST", f"/containers/{sandbox}/pause")[0] == 204

    def state(self, sandbox):
        """running, stopped, paused, created, dead; None: there is no such sandbox."""
        found = self.inspect(sandbox)
        return found and {"exited": "stopped"}.get(found["State"]["Status"], found["State"]["Status"])

    def boot(self, sandbox):
        """Another one after each start."""
        return self.inspect(sandbox)["State"]["StartedAt"]

    def pid(self, sandbox):
        """Its first process, as this machine numbers it."""
        return self.inspect(sandbox)["State"]["Pid"]

    def mounts(self, sandbox):
        """{target: source} of the directories it was given."""
        return {mount["Destination"]: mount["Source"] for mount in self.inspect(sandbox)["Mounts"]}

    def description(self, sandbox):
        """Everything that the engine was told of it, as text."""
        return json.dumps(self.inspect(sandbox))

    def history(self, sandbox, since):
        """The starts and ends of a sandbox since then (Unix time)."""
        filters = urllib.parse.quote(json.dumps({"container": [sandbox]}))
        connection = UnixConnection(self.path)
        connection.request("GET", f"{API}/events?since={since:.6f}&until={time.time():.6f}&filters={filters}")
        lines = connection.getresponse().read().decode().splitlines()
        connection.close()
        words = {"start": "start", "die": "end"}
        happened = [json.loads(line)["Action"] for line in lines if line]
        return [words[action] for action in happened if action in words]

    def recreate(self, sandbox):
        """The same sandbox once more, created and not started."""
        old = self.inspect(sandbox)
        self.remove(sandbox)
        body = old["Config"] | {"HostConfig": old["HostConfig"]}
        status, answer = self.call("POST", f"/containers/create?name={old['Name'][1:]}", body)
        assert status == 201, answer

    def remove(self, sandbox):
        return self.call("DELETE", f"/containers/{sandbox}?force=1&v=1")[0]

    def discard(self):
        """It goes on: others use it too."""
