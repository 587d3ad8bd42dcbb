# SPDX-License-Identifier: Apache-2.0
"""As many requests as the server takes, a hundred under way at once, each with a number of its own.
python3 -m harness.burst PLAN, a JSON object: port, source, request (every NNNNNNNNNN in it becomes the number), count, seconds;
`collect` may name a header, whose values are counted. Prints how often each status came back."""

import collections
import json
import re
import socket
import sys
import time

BATCH = 100
PLACE = b"N" * 10  # as long as the number, so that no length changes
STATUS = re.compile(rb"HTTP/1\.1 (\d\d\d) ")


def batch(plan, first):
    """What comes back on one connection."""
    one = plan["request"].encode()
    asks = [one.replace(PLACE, b"%010d" % (first + number)) for number in range(BATCH)]
    asks[-1] = asks[-1].replace(b"\r\nHost:", b"\r\nConnection: close\r\nHost:", 1)
    with socket.socket() as connection:
        connection.settimeout(20)
        connection.bind((plan["source"], 0))
        connection.connect(("127.0.0.1", plan["port"]))
        connection.sendall(b"".join(asks))
        answers = b""
        while data := connection.recv(1 << 20):
            answers += data
    return answers


def main():
    plan = json.loads(sys.argv[1])
    field = re.compile(rb"^%s: *([^\r]*)\r$" % plan.get("collect", "none").encode(), re.IGNORECASE | re.MULTILINE)
    end = time.monotonic() + plan["seconds"]
    statuses, values = collections.Counter(), set()
    while statuses.total() < plan["count"] and time.monotonic() < end:
        answers = batch(plan, statuses.total())
        statuses.update(status.decode() for status in STATUS.findall(answers))
        values.update(field.findall(answers))
    print(json.dumps({"statuses": statuses, "values": len(values), "shortest": min(map(len, values), default=0),
                      "one": min(values, default=b"").decode()}))


if __name__ == "__main__":
    main()
