# SPDX-License-Identifier: Apache-2.0
"""python3 -m harness.livez_probe PORT PID: asks /livez twenty times a second, each time over a connection of its own, until
its input ends; then prints what it saw. The time that the machine kept server or probe from running is not counted: clients
that attack share the machine's few cores with them here, and nowhere else."""

import json
import os
import select
import socket
import sys
import time

from harness.processes import seconds_without_cpu

PERIOD = 0.05
SOURCE = "127.9.9.9"  # a source of its own: no test's connections count against it
ASK = b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


def ask(port, pids):
    """(milliseconds, status); status 0: no answer."""
    begin, waited = time.monotonic(), sum(map(seconds_without_cpu, pids))
    status = 0
    try:
        with socket.socket() as connection:
            connection.settimeout(20)
            connection.bind((SOURCE, 0))
            connection.connect(("127.0.0.1", port))
            connection.sendall(ASK)
            status = int(connection.recv(4096)[9:12] or 0)
    except (OSError, ValueError):
        pass
    waited = sum(map(seconds_without_cpu, pids)) - waited
    return max(0.0, time.monotonic() - begin - waited) * 1000, status


def main():
    port, pid = int(sys.argv[1]), int(sys.argv[2])
    seen = []
    following = time.monotonic()
    while not select.select([sys.stdin], [], [], max(0, following - time.monotonic()))[0]:
        seen.append(ask(port, [pid, os.getpid()]))
        following = max(following + PERIOD, time.monotonic())
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
