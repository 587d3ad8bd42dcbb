# SPDX-License-Identifier: Apache-2.0
"""The server's side of its TCP connections, as the kernel tells it."""

import collections
import ipaddress

ESTABLISHED, CLOSE_WAIT, LISTEN, TIME_WAIT = 1, 8, 10, 6

Socket = collections.namedtuple("Socket", "state peer unsent")


def of_port(port):
    """Those whose own end is this port, without the listener and what the kernel merely remembers."""
    found = []
    with open("/proc/net/tcp", encoding="ascii") as table:
        next(table)
        for line in table:
            _, local, remote, state, queues = line.split()[:5]
            if int(local.rpartition(":")[2], 16) != port or int(state, 16) in (LISTEN, TIME_WAIT):
                continue
            peer = ipaddress.ip_address(int.from_bytes(bytes.fromhex(remote[:8]), "little"))
            found.append(Socket(int(state, 16), str(peer), int(queues.split(":")[0], 16)))
    return found


def count(port, source=None, state=ESTABLISHED):
    return sum(entry.state == state and source in (None, entry.peer) for entry in of_port(port))
