# SPDX-License-Identifier: Apache-2.0
"""Requests of revision 2026-07-28: what each says in its body, and the headers that repeat it."""

VERSION = "2026-07-28"
META = {"io.modelcontextprotocol/protocolVersion": VERSION, "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "harness", "version": "0"}}


def message(method, mark=1, **params):
    meta = META | params.pop("meta", {})
    return {"jsonrpc": "2.0", "id": mark, "method": method, "params": params | {"_meta": meta}}


def headers(body):
    """As lines."""
    params = body["params"]
    name = params.get("name", params.get("uri"))
    return [f"MCP-Protocol-Version: {VERSION}", f"Mcp-Method: {body['method']}"] + ([f"Mcp-Name: {name}"] if name else [])
