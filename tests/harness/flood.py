# SPDX-License-Identifier: Apache-2.0
"""An open loop: requests come at their times, however long the answers to earlier ones take; so a server that falls behind
is seen to. python3 -m harness.flood PLAN, a JSON object: port, source, request, rate (a second), seconds, connections.
Prints how often each status came, the times of the good answers, and how many refusals lacked Retry-After."""

import collections
import json
import re
import select
import socket
import sys
import time

TICK = 0.01
HEAD = re.compile(rb"HTTP/1\.1 (\d\d\d) [^\r\n]*\r\n(.*?)\r\n\r\n", re.DOTALL)
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Line:
    """One connection: what is due on it, and when each request that has no answer yet was due."""

    def __init__(self, port, source):
        self.socket = socket.create_connection(("127.0.0.1", port), source_address=(source, 0))
        self.socket.setblocking(False)
        self.out = b""
        self.rest = b""
        self.due = collections.deque()
        self.open = True

    def fileno(self):
        return self.socket.fileno()

    def send(self):
        try:
            self.out = self.out[self.socket.send(self.out):]
        except BlockingIOError:
            pass
        except OSError:
            self.open = False

    def answers(self):
        """[(status, head)] of what has come whole."""
        try:
            data = self.socket.recv(1 << 20)
            self.open = bool(data)
        except BlockingIOError:
            data = b""
        except OSError:
            data, self.open = b"", False
        self.rest += data
        found, begin = [], 0
        while head := HEAD.match(self.rest, begin):
            length = LENGTH.search(head[2])
            end = head.end() + (int(length[1]) if length else 0)
            if end > len(self.rest):
                break
            found.append((head[1].decode(), head[2]))
            begin = end
        self.rest = self.rest[begin:]
        return found


class Flood:
    def __init__(self, plan):
        self.plan = plan
        self.request = plan["request"].encode()
        self.lines = [self.connect() for _ in range(plan["connections"])]
        self.statuses = collections.Counter()
        self.times = []
        self.lost = 0
        self.without_advice = 0

    def connect(self):
        return Line(self.plan["port"], self.plan["source"])

    def emit(self, now, count):
        for number in range(count):
            line = self.lines[(self.statuses.total() + number) % len(self.lines)]
            line.out += self.request
            line.due.append(now)

    def take(self, line):
        for status, head in line.answers():
            self.statuses[status] += 1
            due = line.due.popleft() if line.due else time.monotonic()
            if status == "200":
                self.times.append(time.monotonic() - due)
            elif b"retry-after:" not in head.lower():
                self.without_advice += 1

    def pump(self, wait):
        readable, writable, _ = select.select(self.lines, [line for line in self.lines if line.out], [], wait)
        for line in writable:
            line.send()
        for line in readable:
            self.take(line)
        for place, line in enumerate(self.lines):
            if not line.open:
                self.lost += len(line.due)
                line.socket.close()
                self.lines[place] = self.connect()

    def run(self):
        begin = time.monotonic()
        sent = 0
        while (now := time.monotonic()) < begin + self.plan["seconds"]:
            wanted = int((now - begin) * self.plan["rate"])
            self.emit(now, wanted - sent)
            sent = wanted
            self.pump(TICK)
        end = time.monotonic() + 10
        while any(line.due for line in self.lines) and time.monotonic() < end:
            self.pump(TICK)
        return sent


def main():
    flood = Flood(json.loads(sys.argv[1]))
    sent = flood.run()
    times = sorted(flood.times) or [0.0]
    print(json.dumps({"sent": sent, "statuses": flood.statuses, "lost": flood.lost, "unanswered": sum(len(line.due) for line in flood.lines),
                      "without_advice": flood.without_advice, "median": times[len(times) // 2], "p99": times[len(times) * 99 // 100]}))


if __name__ == "__main__":
    main()
