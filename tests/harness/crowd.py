# SPDX-License-Identifier: Apache-2.0
"""Many connections that behave alike, held by a process of their own.

As a program: python3 -m harness.crowd, and on its first line of input a plan, a JSON object with `port`, `count` and what is in
DEFAULTS. It opens them all, says so in a line, and keeps them until the server has closed every one or its input ends; then
it prints what it saw."""

import collections
import json
import os
import resource
import select
import signal
import socket
import sys
import time

from harness.processes import seconds_without_cpu

DEFAULTS = {
    "sources": ["127.0.0.1"],  # taken in turn
    "first": "",               # sent when connected; a list: taken in turn
    "drip": "",                # sent again and again after that
    "every": 1.0,              # seconds between two drips, or between two reads
    "reads": True,             # False: one byte at a time, so that the server cannot get rid of its answer
    "receive_buffer": 0,
}
KEPT = 16  # bytes of an answer: enough for its status


class Crowd:
    """Starts the program and asks it."""

    def __init__(self, port, count, **plan):
        from harness.oracles import beside
        self.process = beside("crowd")
        self.process.stdin.write(json.dumps({"port": port, "count": count} | plan) + "\n")
        self.process.stdin.flush()
        self.opened = json.loads(self.process.stdout.readline())["open"]

    def report(self, seconds):
        """When the server has closed all of them, or after so long with what is left."""
        select.select([self.process.stdout], [], [], seconds)
        return json.loads(self.process.communicate("", timeout=30)[0])

    def vanish(self):
        """Ends without a word: the kernel resets or closes what it held."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=30)


class Member:
    def __init__(self, plan, source):
        self.socket = socket.socket()
        if plan["receive_buffer"]:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, plan["receive_buffer"])
        self.socket.bind((source, 0))
        self.socket.connect(("127.0.0.1", plan["port"]))
        self.socket.setblocking(False)
        self.begun = time.monotonic()
        self.got = b""
        self.bytes = 0
        self.arrivals = 0
        self.last = self.begun
        self.silence = 0.0  # the longest

    def send(self, data):
        try:
            self.socket.send(data)
        except OSError:
            pass  # reading tells why

    def read(self, size):
        """False: the server has closed it."""
        try:
            data = self.socket.recv(size)
        except BlockingIOError:
            return True
        except OSError:
            data = b""
        self.got = (self.got + data)[:KEPT]
        self.bytes += len(data)
        self.arrivals += bool(data)
        now = time.monotonic()
        self.silence, self.last = max(self.silence, now - self.last), now
        return bool(data)


def open_all(plan):
    poll = select.epoll()
    members = {}
    firsts = plan["first"] if isinstance(plan["first"], list) else [plan["first"]]
    for number in range(plan["count"]):
        member = Member(plan, plan["sources"][number % len(plan["sources"])])
        member.send(firsts[number % len(firsts)].encode())
        members[member.socket.fileno()] = member
        poll.register(member.socket, select.EPOLLIN if plan["reads"] else 0)
    return poll, members


def nudge(plan, member):
    if not plan["reads"]:
        member.read(1)
    elif plan["drip"]:
        member.send(plan["drip"].encode())


def keep(plan, poll, members):
    """Until none is open or the input ends; returns when each was closed, in seconds after it was opened."""
    closed = []
    following = time.monotonic() + plan["every"]
    poll.register(sys.stdin, select.EPOLLIN | select.EPOLLHUP)
    while members:
        due = max(0.0, following - time.monotonic())
        for number, _ in poll.poll(due):
            if number == sys.stdin.fileno():
                return closed
            member = members[number]
            if not member.read(65536 if plan["reads"] else 1):
                closed.append(member)
                poll.unregister(members.pop(number).socket)
                member.socket.close()
        if time.monotonic() >= following:
            following += plan["every"]
            for member in members.values():
                nudge(plan, member)
    return closed


def main():
    plan = DEFAULTS | json.loads(sys.stdin.readline())
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    poll, members = open_all(plan)
    print(json.dumps({"open": len(members)}), flush=True)
    closed = keep(plan, poll, members)
    everyone = closed + list(members.values())
    print(json.dumps({
        "open": len(members),
        "closed_after": sorted(member.last - member.begun for member in closed),
        "statuses": collections.Counter(member.got[9:12].decode(errors="replace") for member in everyone),
        "bytes": sum(member.bytes for member in everyone),
        "least_arrivals": min(member.arrivals for member in everyone),
        "waited": seconds_without_cpu(os.getpid()),
        "longest_silence": max(member.silence for member in everyone),
    }))


if __name__ == "__main__":
    main()
