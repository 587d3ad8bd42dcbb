# SPDX-License-Identifier: Apache-2.0
"""The real server as a process of its own: its own data root, a free port, stopped by pid."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

from harness.mcp import Mcp
from harness.wait import wait_for


class Server:
    def __init__(self, engine, settings, data_root=None):
        self.home = tempfile.mkdtemp(prefix="cus-it-", dir="/tmp")
        os.chmod(self.home, 0o711)  # sandboxes may run as users of their own
        self.data_root = data_root or os.path.join(self.home, "data")
        self.log_path = os.path.join(self.home, "log")
        self.settings = {
            "BASE_DATA_DIR": self.data_root,
            "GUEST_PROGRAM": os.environ["CUS_GUEST"],
            "CONTAINER_MEM_LIMIT": "512m",
            "CONTAINER_IDLE_TIMEOUT": "600",
            "MCP_PORT": "0",
            "STOP_SANDBOXES_ON_EXIT": "false",
        } | engine.settings() | settings
        self.arguments = []
        self.engine = engine.of(self)
        self.process = None
        self.port = None
        self.program = os.environ["CUS_SERVER"]
        self.user = None  # the test's own, which is root

    def give_to(self, user):
        """From the next start on it runs as this host user, from copies of the programs that it can get to."""
        self.user = user
        for name in ("CUS_SERVER", "CUS_GUEST"):
            shutil.copy(os.environ[name], self.home)
        self.program = os.path.join(self.home, os.path.basename(os.environ["CUS_SERVER"]))
        self.settings["GUEST_PROGRAM"] = os.path.join(self.home, os.path.basename(os.environ["CUS_GUEST"]))
        os.chown(self.home, user, user)
        return self

    def use(self, engine):
        """From the next start on; what the engine before has of it stays there."""
        self.settings |= engine.settings()
        self.engine = engine.of(self)

    def environment(self):
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
        return kept | {name: str(value) for name, value in self.settings.items() if value is not None}

    def start(self, expect_failure=False, probe=True):
        """Starts it and waits until it serves, and until the start's own probe sandbox has come and gone."""
        with open(self.log_path, "ab") as log:
            begin = log.tell()
            who = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
            self.process = subprocess.Popen([self.program, "serve", *self.arguments], env=self.environment(), cwd=self.home,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, **who)
        if expect_failure:
            code = self.process.wait(20)
            return code, self.log_text(begin)
        started = wait_for(lambda: self.find_event("server.started", begin) or self.process.poll() is not None, 20)
        assert started is not True, self.log_text(begin)
        self.port = started["port"]
        if probe:
            wait_for(lambda: self.find_event("probe.ok", begin) or self.find_event("probe.failed", begin), 60)
        return self

    def log_text(self, begin=0):
        with open(self.log_path, "rb") as log:
            log.seek(begin)
            return log.read().decode(errors="replace")

    def events(self, begin=0):
        for line in self.log_text(begin).splitlines():
            if line.startswith("{"):
                yield json.loads(line)

    def find_event(self, name, begin=0):
        return next((event for event in self.events(begin) if event["event"] == name), None)

    def event_wait(self, name, seconds=30):
        return wait_for(lambda: self.find_event(name), seconds)

    @property
    def pid(self):
        return self.process.pid

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/mcp"

    def mcp(self, chat=None, key=None, **headers):
        return Mcp(self.port, chat, key, headers)

    def run(self, chat, command, **options):
        """The text of one bash_tool call."""
        return self.mcp(chat, options.pop("key", None)).bash(command, **options)

    def kill(self):
        """kill -9: nothing is tidied up."""
        self.process.kill()
        self.process.wait(10)

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(40)
        return self.process.returncode if self.process else None

    def command(self, *arguments, **options):
        """Another command of the program, with this server's settings."""
        return subprocess.run([os.environ["CUS_SERVER"], *arguments], env=self.environment() | options.pop("env", {}),
                              cwd=self.home, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=options.pop("timeout", 120))

    def query(self, sql):
        with sqlite3.connect(f"file:{self.data_root}/store.sqlite?mode=ro", uri=True) as store:
            return store.execute(sql).fetchall()

    def storage_ids(self):
        return [name for name in os.listdir(os.path.join(self.data_root, "chats"))]

    def sandboxes(self):
        """The names of this server's sandboxes: those whose storage id has a directory in its data root."""
        own = self.storage_ids() if os.path.isdir(os.path.join(self.data_root, "chats")) else []
        return sorted({f"cus-{storage}" for storage in own} & set(self.engine.sandboxes()))

    def sandbox_of(self, chat, tenant="default"):
        rows = self.query(f"select storage from chats where tenant = '{tenant}' and chat = '{chat}'")
        return f"cus-{rows[0][0]}"

    def home_of(self, chat, tenant="default"):
        """The chat's home directory on this machine."""
        return f"{self.data_root}/chats/{self.sandbox_of(chat, tenant).removeprefix('cus-')}/home"

    def rss_kib(self):
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))

    def open_files(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def discard_files(self):
        """For a server that never ran."""
        shutil.rmtree(self.home, ignore_errors=True)

    def discard(self):
        """Ends it and removes its sandboxes and data."""
        self.stop()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self.engine.remove, self.sandboxes()))
        shutil.rmtree(self.home, ignore_errors=True)
        if self.process:
            assert self.process.returncode in (0, 1, -9), f"the server ended with {self.process.returncode}"
