# SPDX-License-Identifier: Apache-2.0
"""The Python SDK v1, which most programs still have: python_v1.py URL CHAT KEY"""

import asyncio
import sys
from datetime import timedelta

import httpx
from mcp import ClientSession, types
from mcp.client.streamable_http import streamable_http_client

from python_steps import report, take_steps


class Client:
    cancels_on_timeout = False

    def __init__(self, session):
        self.session = session

    async def list(self):
        return {"tools": [tool.name for tool in (await self.session.list_tools()).tools]}

    def call(self, name, arguments, progress=None, seconds=None):
        limit = seconds and timedelta(seconds=seconds)
        return self.session.call_tool(name, arguments, limit, progress)

    async def start(self, name, arguments):
        # This SDK leaves it to the program to say that a call is cancelled; ids count up.
        mark = self.session._request_id
        task = asyncio.create_task(self.call(name, arguments))
        await asyncio.sleep(0)  # it takes its id

        async def stop():
            params = types.CancelledNotificationParams(requestId=mark, reason="the person pressed stop")
            note = types.CancelledNotification(method="notifications/cancelled", params=params)
            await self.session.send_notification(types.ClientNotification(note))

        return task, stop


async def main(url, chat, key):
    headers = {"X-Chat-Id": chat, "Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(headers=headers, timeout=60) as http:
        async with streamable_http_client(url, http_client=http) as (read, write, _):
            async with ClientSession(read, write) as session:
                start = await session.initialize()
                report("initialize", version=start.protocolVersion, server=start.serverInfo.model_dump(exclude_none=True),
                       instructions=start.instructions)
                await take_steps(Client(session))
    report("close", closed=True)


asyncio.run(main(*sys.argv[1:4]))
