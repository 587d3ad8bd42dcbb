# SPDX-License-Identifier: Apache-2.0
"""Which clients visit, by the names that docs/clients.md has for them."""

from environments import python_of
from inspector import Inspector
from open_webui_visit import WAYS, open_webui
from programs import HERE, NODE, steps


def program(interpreter, file, *mode):
    def visit(guest):
        return steps([interpreter(), HERE / file, guest.url, guest.chat, guest.key, *mode], guest.home)

    return visit


def node(file, *mode):
    return program(lambda: NODE, file, *mode)


def python(environment, file, *mode):
    return program(lambda: python_of(environment), file, *mode)


SDKS = {
    "TypeScript SDK 1.32.2": node("sdk_v1.mjs"),
    "TypeScript SDK 2.4.0, legacy": node("sdk_v2.mjs", "legacy"),
    "TypeScript SDK 2.4.0, auto": node("sdk_v2.mjs", "auto"),
    "TypeScript SDK 2.4.0, pinned": node("sdk_v2.mjs", "2026-07-28"),
    "Python SDK 1.27.2": python("mcp-1", "python_v1.py"),
    "Python SDK 2.3.0, legacy": python("mcp-2", "python_v2.py", "legacy"),
    "Python SDK 2.3.0, auto": python("mcp-2", "python_v2.py", "auto"),
    "FastMCP 4.1.2": python("mcp-2", "fastmcp_4.py", "auto"),
    "mcp-remote 0.15.1": node("mcp_remote.mjs", "legacy"),
    "mcp-remote 0.15.1, auto": node("mcp_remote.mjs", "auto"),
}
INSPECTORS = {
    f"Inspector 2.12.0, {era}": lambda guest, era=era: Inspector(guest, era).take_steps() for era in ("legacy", "auto", "modern")
}
OPEN_WEBUI = {f"Open WebUI 0.12.4, {way}": open_webui(way) for way in WAYS}
CLIENTS = SDKS | INSPECTORS | OPEN_WEBUI
LEGACY = {  # those that ask for no more than 2025-11-25
    "TypeScript SDK 1.32.2", "TypeScript SDK 2.4.0, legacy", "Python SDK 1.27.2", "Python SDK 2.3.0, legacy", "mcp-remote 0.15.1",
    "Inspector 2.12.0, legacy",
}
MODERN = CLIENTS.keys() - LEGACY
