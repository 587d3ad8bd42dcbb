# SPDX-License-Identifier: Apache-2.0
"""What must hold while a server is attacked, and after: one Watch around the attack checks all of it.

O1 the same process, no sanitizer report or failed assertion; O2 /livez answers in 100 ms; O3 descriptors, threads and
sockets go back to where they were, none is left half closed; O4 bounded memory; O5 no sandbox without a row; O6 bounded
cost of a request; O7 no secret in answers or log; O8 the log stays one JSON object a line; O10 only statuses that are
meant, each error with a typed body. (O9 is the catalogue's own: a case says what it must observe.)"""

import json
import os
import pathlib
import re
import subprocess
import sys
import time

from harness import livez_probe, sockets
from harness.processes import fields, status
from harness.wait import wait_for
from harness.wire import Wire

REPORTS = re.compile(r"AddressSanitizer|ThreadSanitizer|LeakSanitizer|runtime error:|Assertion .*failed|terminate called")
CONTROLS = re.compile(rb"[^\x20-\x7e\n]")
STATUSES = {200, 202, 204, 206, 304, 307, 400, 401, 403, 404, 405, 406, 408, 413, 414, 415, 417, 429, 431, 501, 503, 505}
MAX_LOG_LINE = 16 * 1024
# A sanitizer keeps freed memory for a while and runs everything several times slower.
SLOW = bool(os.environ.get("ASAN_OPTIONS") or os.environ.get("TSAN_OPTIONS"))


def beside(program, *arguments):
    """A program of this folder in a process of its own, so that a busy test does not count as a slow server."""
    return subprocess.Popen([sys.executable, "-m", f"harness.{program}", *arguments], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, text=True, cwd=pathlib.Path(__file__).parent.parent)


class Footprint:
    """What a process holds at this moment."""

    def __init__(self, server):
        about = status(server.pid)
        ticks = fields(server.pid)
        self.files = server.open_files()
        self.threads = int(about["Threads"])
        self.sockets = len(sockets.of_port(server.port))
        self.rss_kib = int(about["VmRSS"].split()[0])
        self.peak_kib = int(about["VmHWM"].split()[0])
        self.cpu_seconds = (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")

    def is_back_at(self, before, slack=8):
        return all(getattr(self, name) <= getattr(before, name) + slack for name in ("files", "threads", "sockets"))

    def __repr__(self):
        return str(vars(self))


class Watch:
    def __init__(self, server, peak_mib=256, canaries=(), statuses=STATUSES):
        self.server = server
        self.peak_mib = peak_mib
        self.canaries = [canary.encode() for canary in canaries]
        self.statuses = statuses
        self.tail = b""

    def __enter__(self):
        self.pid = self.server.pid
        with open(f"/proc/{self.pid}/clear_refs", "w", encoding="ascii") as forget:
            forget.write("5")  # the peak of memory counts from here
        self.before = Footprint(self.server)
        self.read_to = os.path.getsize(self.server.log_path)
        self.probe = beside("livez_probe", str(self.server.port), str(self.pid))
        return self

    def __exit__(self, kind, *_):
        seen = json.loads(self.probe.communicate("", timeout=60)[0])
        if kind is None:
            self.check_process()
            self.check_liveness(seen)
            self.check_rest()
            self.check_memory()
            self.check_log()

    def wire(self, source="127.0.0.1", **options):
        """A connection whose answers are searched for secrets."""
        return Wire(self.server.port, source, record=self.search, **options)

    def search(self, data):
        self.tail = self.tail[-256:] + data
        for canary in self.canaries:
            assert canary not in self.tail, "a secret is in an answer"

    def check_process(self):
        """O1."""
        assert self.server.process.poll() is None and self.server.pid == self.pid, "the server is gone"
        report = REPORTS.search(self.server.log_text())
        assert not report, self.server.log_text()[report.start():][:4000]

    def check_liveness(self, seen):
        """O2; a case shorter than a few probes says nothing of the 99th part."""
        assert not [code for _, code in seen if code != 200], f"/livez: {[entry for entry in seen if entry[1] != 200][:5]}"
        times = sorted(milliseconds for milliseconds, _ in seen)
        limit = 1000 if SLOW else 100
        late = [round(t) for t in times if t > limit]
        assert len(late) <= max(1, len(times) // 100), f"{len(late)} of {len(times)} probes took over {limit} ms: {late[-10:]}"

    def check_rest(self):
        """O3."""
        wait_for(lambda: Footprint(self.server).is_back_at(self.before), 30, 0.2)
        wait_for(lambda: sockets.count(self.server.port, state=sockets.CLOSE_WAIT) == 0, 5, 0.2)

    def check_memory(self):
        """O4."""
        now = Footprint(self.server)
        assert now.peak_kib <= self.peak_mib * 1024 * (4 if SLOW else 1), f"{now} after {self.before}"

    def check_sandboxes(self):
        """O5."""
        rows = {f"cus-{storage}" for (storage,) in self.server.query("select storage from chats")}
        assert set(self.server.sandboxes()) <= rows

    def check_log(self):
        """O7, O8, O10: what was logged since the last look. Returns the requests, without the probe's."""
        with open(self.server.log_path, "rb") as log:
            log.seek(self.read_to)
            text = log.read()
        text = text[:text.rfind(b"\n") + 1]
        self.read_to += len(text)
        for canary in self.canaries:
            assert canary not in text, "a secret is in the log"
        raw = CONTROLS.search(text)
        assert not raw, text[max(0, raw.start() - 300):raw.end()]
        requests = []
        for line in text.split(b"\n")[:-1]:
            assert len(line) <= MAX_LOG_LINE, line[:300]
            event = json.loads(line)
            assert isinstance(event, dict) and "event" in event, line[:300]
            if event["event"] == "http.request":
                assert event["status"] in self.statuses, line[:600]
                if event["peer"] != livez_probe.SOURCE:
                    requests.append(event)
        return requests

    def logged(self, count):
        """The next requests in the log, once there are so many: their line follows the answer."""
        found = []
        wait_for(lambda: found.extend(self.check_log()) or len(found) >= count, 5)
        return found

    def cost(self):
        """O6: what a block of requests takes."""
        return Cost(self.server)


class Cost:
    """`with watch.cost() as cost: ...; cost.check(requests, ...)`."""

    def __init__(self, server):
        self.server = server

    def __enter__(self):
        self.before = Footprint(self.server)
        self.begun = time.monotonic()
        return self

    def __exit__(self, *_):
        self.after = Footprint(self.server)
        self.seconds = time.monotonic() - self.begun

    def check(self, requests, cpu_ms=10.0, rss_kib=64):
        """A few MiB are the allocator's to keep, however little a request needs."""
        factor = 10 if SLOW else 1
        assert self.after.rss_kib - self.before.rss_kib <= (4096 + rss_kib * requests) * factor, (self.before, self.after)
        used = (self.after.cpu_seconds - self.before.cpu_seconds) * 1000
        assert used <= (20 + cpu_ms * requests) * factor, f"{used} ms for {requests} requests"
