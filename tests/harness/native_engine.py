# SPDX-License-Identifier: Apache-2.0
"""What tests ask of the native engine, which is no program: the server's records on disk and the kernel know it all."""

import json
import os
import select
import shutil
import signal
import tempfile

from harness.processes import family, is_alive, start_ticks

CONTROLLERS = ("memory", "cpu", "pids", "freezer", "")
# Bubblewrap is started before it is told, over a descriptor, what to make.
RECORDER = """#!/bin/sh
[ "$1" = --args ] || exec {bwrap} "$@"
file=$(mktemp {home}/options.XXXXXX)
eval "cat <&$2 >$file; exec $2<$file"
[ -s "$file" ] || exit 1
exec {bwrap} "$@"
"""


class NativeEngine:
    """All servers' sandboxes; see `of` for those of one."""

    name = "native"
    missing = {"program": ("NATIVE_BWRAP", "/nowhere/bwrap"), "image": ("NATIVE_IMAGE", "no-such-image")}

    def __init__(self):
        self.home = None

    def settings(self):
        return {"ENGINE": "native", "IMAGES_DIR": os.environ["CUS_IMAGES_DIR"], "NATIVE_IMAGE": "core"}

    def recorded(self):
        """Settings with which every sandbox that bubblewrap makes leaves its options in a file."""
        if self.home is None:
            self.home = tempfile.mkdtemp(prefix="cus-bwrap.", dir="/tmp")
            os.chmod(self.home, 0o1777)  # it is other users that write
            with open(f"{self.home}/bwrap", "w", encoding="ascii") as program:
                program.write(RECORDER.format(home=self.home, bwrap=shutil.which("bwrap")))
            os.chmod(f"{self.home}/bwrap", 0o755)
        return {"NATIVE_BWRAP": f"{self.home}/bwrap"}

    def discard(self):
        if self.home:
            shutil.rmtree(self.home, ignore_errors=True)

    def node_image(self):
        return {"NATIVE_IMAGE": "test-node"}

    def of(self, server):
        return NativeSandboxes(self, server)


class NativeSandboxes(NativeEngine):
    """Those of one server; its data root may move."""

    def __init__(self, engine, server):
        super().__init__()
        self.engine = engine
        self.server = server

    def directory(self, sandbox=None):
        root = os.path.join(self.server.data_root, "native")
        return os.path.join(root, sandbox.removeprefix("cus-")) if sandbox else root

    def read(self, sandbox, name):
        try:
            with open(os.path.join(self.directory(sandbox), name), encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            return None

    def write_run(self, sandbox, changes):
        """Changes what is remembered of the last start."""
        run = self.read(sandbox, "run.json") | changes
        with open(os.path.join(self.directory(sandbox), "run.json"), "w", encoding="utf-8") as file:
            json.dump(run, file)

    def sandboxes(self, instance=None):
        found = os.listdir(self.directory()) if os.path.isdir(self.directory()) else []
        specs = {f"cus-{storage}": self.read(storage, "spec.json") for storage in found}
        return [name for name, spec in specs.items() if spec and instance in (None, spec["instance"])]

    def pid(self, sandbox):
        """The first process of what runs; None: nothing runs."""
        run = self.read(sandbox, "run.json")
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as boot:
            same_boot = run and run["boot"] == boot.read().strip()
        return run["pid"] if same_boot and start_ticks(run["pid"]) == run["started"] and is_alive(run["pid"]) else None

    def uid(self, sandbox):
        return self.read(sandbox, "run.json")["uid"]

    def signal(self, sandbox, number, seconds=10):
        """Whether what ran has ended in time."""
        pid = self.pid(sandbox)
        try:
            handle = os.pidfd_open(pid or 0)
        except (OSError, ValueError):
            return True
        try:
            signal.pidfd_send_signal(handle, number)
            return bool(select.select([handle], [], [], seconds)[0])
        finally:
            os.close(handle)

    def kill(self, sandbox):
        assert self.signal(sandbox, signal.SIGKILL), "it does not end"

    def stop(self, sandbox, seconds=5):
        if not self.signal(sandbox, signal.SIGTERM, seconds):
            self.kill(sandbox)

    def pause(self, sandbox):
        for pid in family(self.pid(sandbox)):
            os.kill(pid, signal.SIGSTOP)

    def state(self, sandbox):
        if self.read(sandbox, "spec.json") is None:
            return None
        if self.read(sandbox, "run.json") is None:
            return "created"
        pid = self.pid(sandbox)
        if pid is None:
            return "stopped"
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as status:
            return "paused" if "State:\tT" in status.read() else "running"

    def boot(self, sandbox):
        run = self.read(sandbox, "run.json")
        return f"{run['boot']}-{run['pid']}-{run['started']}"

    def mounts(self, sandbox):
        return {mount["target"]: mount["source"] for mount in self.read(sandbox, "spec.json")["mounts"]}

    def description(self, sandbox):
        words = b""
        for pid in (self.pid(sandbox), self.monitor(sandbox)):
            for name in ("cmdline", "environ"):
                with open(f"/proc/{pid}/{name}", "rb") as file:
                    words += file.read()
        return json.dumps([self.read(sandbox, "spec.json"), self.read(sandbox, "run.json"), words.decode()])

    def monitor(self, sandbox):
        """Bubblewrap's own process, which waits for the first one inside."""
        with open(f"/proc/{self.pid(sandbox)}/stat", encoding="utf-8", errors="replace") as stat:
            return int(stat.read().rpartition(")")[2].split()[1])

    def history(self, sandbox, since):
        """Only of a server with the settings of `recorded`."""
        starts = 0
        for name in os.listdir(self.engine.home):
            with open(os.path.join(self.engine.home, name), "rb") as options:
                starts += f"/{sandbox.removeprefix('cus-')}/home\0".encode() in options.read() and os.stat(options.fileno()).st_mtime > since
        return ["start"] * starts + ["end"] * (starts - (self.pid(sandbox) is not None))

    def recreate(self, sandbox):
        self.kill(sandbox)
        os.remove(os.path.join(self.directory(sandbox), "run.json"))

    def remove(self, sandbox):
        self.kill(sandbox)
        run = self.read(sandbox, "run.json") or {}
        shutil.rmtree(self.directory(sandbox), ignore_errors=True)
        for group in control_groups(run.get("group", "none")):
            try:
                os.rmdir(group)
            except OSError:
                pass


def control_groups(name):
    """Where a server that was started from here makes them: below its own group, or at the top."""
    found = set()
    with open("/proc/self/cgroup", encoding="ascii") as own:
        for _, controllers, path in (line.rstrip("\n").split(":", 2) for line in own):
            for controller in controllers.split(","):
                if controller in CONTROLLERS:
                    top = os.path.normpath(f"/sys/fs/cgroup/{controller}")
                    found |= {f"{top}{place.rstrip('/')}/computer-use/{name}" for place in (path, "")}
    return [group for group in sorted(found) if os.path.isdir(group)]
