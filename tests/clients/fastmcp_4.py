# SPDX-License-Identifier: Apache-2.0
"""FastMCP's client: fastmcp_4.py URL CHAT KEY MODE"""

import asyncio
import sys

from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport

from python_steps import report, take_steps


class Steps:
    cancels_on_timeout = True

    def __init__(self, client):
        self.client = client

    async def list(self):
        return {"tools": [tool.name for tool in await self.client.list_tools()]}

    def call(self, name, arguments, progress=None, seconds=None):
        return self.client.call_tool_mcp(name, arguments, timeout=seconds, progress_handler=progress)

    async def start(self, name, arguments):
        task = asyncio.create_task(self.call(name, arguments))

        async def stop():
            task.cancel()

        return task, stop


async def main(url, chat, key, mode):
    async with Client(StreamableHttpTransport(url, headers={"X-Chat-Id": chat}, auth=key), mode=mode) as client:
        report("initialize", version=client.protocol_version, server=client.server_info.model_dump(exclude_none=True),
               instructions=client.instructions)
        await take_steps(Steps(client))
    report("close", closed=True)


asyncio.run(main(*sys.argv[1:5]))
