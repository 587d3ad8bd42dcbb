# SPDX-License-Identifier: Apache-2.0
"""python3 -m harness.guesser PLAN: sends wrong keys as fast as one connection after the other takes them; prints how often
each status came back. PLAN is a JSON object: port, source, count, seconds."""

import collections
import json
import re
import socket
import sys
import time

BATCH = 100  # requests under way at once
STATUS = re.compile(rb"HTTP/1\.1 (\d\d\d) ")


def batch(port, source, first):
    """One connection's worth of guesses."""
    asks = b"".join(b"GET /mcp-info HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer wrong-key-%010d\r\n%s\r\n"
                    % (first + number, b"Connection: close\r\n" if number == BATCH - 1 else b"") for number in range(BATCH))
    with socket.socket() as connection:
        connection.settimeout(20)
        connection.bind((source, 0))
        connection.connect(("127.0.0.1", port))
        connection.sendall(asks)
        answers = b""
        while data := connection.recv(1 << 20):
            answers += data
    return [status.decode() for status in STATUS.findall(answers)]


def main():
    plan = json.loads(sys.argv[1])
    end = time.monotonic() + plan["seconds"]
    seen = collections.Counter()
    while seen.total() < plan["count"] and time.monotonic() < end:
        seen.update(batch(plan["port"], plan["source"], seen.total()))
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
