# SPDX-License-Identifier: Apache-2.0
"""This machine's processes, as /proc shows them."""

import os


def fields(pid):
    """Those of /proc/PID/stat from the state on; None: there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def start_ticks(pid):
    found = fields(pid)
    return int(found[19]) if found else None


def is_alive(pid):
    found = fields(pid)
    return bool(found) and found[0] not in "ZX"


def all_pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def family(root):
    """A process and all that descend from it."""
    children = {}
    for pid in all_pids():
        found = fields(pid)
        if found:
            children.setdefault(int(found[1]), []).append(pid)
    known = [root]
    for pid in known:
        known += children.get(pid, [])
    return known


def owned_by(uids):
    """{pid: state} of the processes of these users, zombies too."""
    found = {}
    for pid in all_pids():
        try:
            with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as status:
                lines = dict(line.rstrip("\n").split(":\t", 1) for line in status if ":\t" in line)
        except (FileNotFoundError, ProcessLookupError):
            continue
        # The directory's owner says nothing: it is root for what may not be dumped.
        if int(lines["Uid"].split()[0]) in uids:
            found[pid] = lines["State"][0]
    return found
