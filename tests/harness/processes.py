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


def seconds_without_cpu(pid):
    """How long in its life its first thread could have run and was not let: the machine's fault, not the program's."""
    with open(f"/proc/{pid}/schedstat", encoding="ascii") as stat:
        return int(stat.read().split()[1]) / 1e9


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


def status(pid):
    """{name: value} of /proc/PID/status; None: there is no such process."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as lines:
            return dict(line.rstrip("\n").split(":\t", 1) for line in lines if ":\t" in line)
    except (FileNotFoundError, ProcessLookupError):
        return None


def owned_by(uids):
    """{pid: state} of the processes of these users, zombies too."""
    # The owner of /proc/PID says nothing: it is root for what may not be dumped.
    found = {pid: status(pid) for pid in all_pids()}
    return {pid: about["State"][0] for pid, about in found.items() if about and int(about["Uid"].split()[0]) in uids}


def first_processes(path):
    """PID 1 of every sandbox that has this path, or something below it, mounted."""
    found = []
    for pid in all_pids():
        try:
            with open(f"/proc/{pid}/mountinfo", encoding="utf-8") as mounts:
                inside = f" {path}/" in mounts.read()
        except OSError:
            continue
        about = status(pid) if inside else None
        if about and about["NSpid"].split()[-1] == "1":
            found.append(pid)
    return found
