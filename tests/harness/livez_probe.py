# SPDX-License-Identifier: Apache-2.0
"""python3 -m harness.livez_probe PORT: asks /livez twenty times a second, each time over a connection of its own, until
its input ends; then prints what it saw."""

import json
import select
import socket
import sys
import time

PERIOD = 0.05
SOURCE = "127.9.9.9"  # a source of its own: no test's connections count against it
ASK = b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


def ask(port):
    """(milliseconds, status); status 0: no answer."""
    begin = time.monotonic()
    status = 0
    try:
        with socket.socket() as connection:
            connection.settimeout(5)
            connection.bind((SOURCE, 0))
            connection.connect(("127.0.0.1", port))
            connection.sendall(ASK)
            status = int(connection.recv(4096)[9:12] or 0)
    except (OSError, ValueError):
        pass
    return (time.monotonic() - begin) * 1000, status


def main():
    port = int(sys.argv[1])
    seen = []
    following = time.monotonic()
    while not select.select([sys.stdin], [], [], max(0, following - time.monotonic()))[0]:
        seen.append(ask(port))
        following = max(following + PERIOD, time.monotonic())
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
