# SPDX-License-Identifier: Apache-2.0
"""The table of docs/clients.md: what became of each step of each client's visit."""

import pathlib

STEPS = ("connect", "list", "call", "progress", "cancel", "error")
PUBLISHED = pathlib.Path(__file__).resolve().parents[2] / "docs" / "clients.md"
LISTED = "bash_tool"


def row_of(visit):
    """{step: one word on how it went}"""
    return dict(zip(STEPS, (visit.version(), listed(visit), called(visit), progressed(visit), cancelled(visit), failed(visit))))


def listed(visit):
    return "ok" if visit.asked("tools/list") and LISTED in str(visit.seen["list"]) else "nothing"


def called(visit):
    return "ok" if "assistant\\n[exit 0]" in repr(visit.seen["call"]) else "nothing"


def progressed(visit):
    if not visit.wants_progress():
        return "asks for none"
    return "ok" if len(visit.seen["progress"]["notes"]) > 1 else "nothing"


def cancelled(visit):
    return "dead" if "gone_after_ms" in visit.seen["cancel"] else "goes on"


def failed(visit):
    return "ok" if "must be one string" in str(visit.seen["bad-argument"]) and "oops" in str(visit.seen["failing-command"]) else "nothing"


def lines_of(rows):
    """Markdown of {client: row}."""
    yield f"| client | {' | '.join(STEPS)} |"
    yield "|" + "---|" * (len(STEPS) + 1)
    for client, row in rows.items():
        yield f"| {client} | {' | '.join(row.values())} |"


def published():
    """{client: row} as docs/clients.md has it."""
    lines = PUBLISHED.read_text(encoding="utf-8").splitlines()
    begin = lines.index(next(lines_of({})))
    found = {}
    for line in lines[begin + 2:]:
        if not line.startswith("|"):
            return found
        client, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        found[client] = dict(zip(STEPS, cells))
    return found
