# SPDX-License-Identifier: Apache-2.0
"""The Python SDK v2, in the era it is told to ask for: python_v2.py URL CHAT KEY MODE"""

import asyncio
import sys

import httpx2
import mcp
from mcp.client.streamable_http import streamable_http_client

from python_steps import report, take_steps


class Client:
    cancels_on_timeout = True

    def __init__(self, client):
        self.client = client

    async def list(self):
        return {"tools": [tool.name for tool in (await self.client.list_tools()).tools]}

    def call(self, name, arguments, progress=None, seconds=None):
        return self.client.call_tool(name, arguments, seconds, progress)

    async def start(self, name, arguments):
        task = asyncio.create_task(self.call(name, arguments))

        async def stop():
            task.cancel()

        return task, stop


async def main(url, chat, key, mode):
    headers = {"X-Chat-Id": chat, "Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
        async with mcp.Client(streamable_http_client(url, http_client=http), mode=mode) as client:
            report("initialize", version=client.protocol_version, server=client.server_info.model_dump(exclude_none=True),
                   instructions=client.instructions)
            await take_steps(Client(client))
    report("close", closed=True)


asyncio.run(main(*sys.argv[1:5]))
