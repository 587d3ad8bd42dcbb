# SPDX-License-Identifier: Apache-2.0
"""What every Python client is put through: one JSON line for each step, with what the client saw."""

import asyncio
import json
import time


def as_json(result):
    return result.model_dump(mode="json", by_alias=True, exclude_none=True)


def report(step, **facts):
    print(json.dumps({"step": step} | facts), flush=True)


async def take_steps(client):
    """client: list(), call(name, arguments, progress, seconds), await start(name, arguments) -> (task, stop)."""

    async def bash(command, **how):
        return as_json(await client.call("bash_tool", {"command": command}, **how))

    async def step(name, work):
        try:
            report(name, **await work())
        except Exception as error:
            code = error.error.code if hasattr(error, "error") else None
            report(name, error={"name": type(error).__name__, "code": code, "message": str(error)})

    async def is_running(pattern):
        return (await bash(f"pgrep -cf '^{pattern}'"))["content"][0]["text"].startswith("1\n")

    async def until(running, pattern):
        began = time.monotonic()
        while await is_running(pattern) != running:
            assert time.monotonic() - began < 15, f"{pattern} is {'not ' if running else ''}running"
            await asyncio.sleep(0.05)
        return round((time.monotonic() - began) * 1000)

    async def progress():
        notes = []

        async def note(value, total, message):
            notes.append({"progress": value, "total": total, "message": message})

        result = await bash("for i in 1 2 3; do echo part $i; sleep 0.4; done", progress=note)
        return {"notes": notes, "text": result["content"][0]["text"]}

    async def cancel():
        task, stop = await client.start("bash_tool", {"command": "sleep 4321"})
        await until(True, "sleep 4321")
        await stop()
        gone = await until(False, "sleep 4321")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return {"gone_after_ms": gone}

    async def time_out():
        try:
            await bash("touch began-5432; sleep 5432", seconds=2)
            call = "answered"
        except Exception:
            call = "rejected"
        began = (await bash("ls began-5432"))["content"][0]["text"].startswith("began")
        if not client.cancels_on_timeout:
            still = await is_running("sleep 5432")
            await bash("pkill -f '^sleep 5432'")
            return {"call": call, "began": began, "goes_on": still}
        return {"call": call, "began": began, "gone_after_ms": await until(False, "sleep 5432")}

    async def called(tool, arguments):
        return {"result": as_json(await client.call(tool, arguments))}

    async def slow():
        return {"text": (await bash("sleep 5; echo slow"))["content"][0]["text"]}

    await step("list", client.list)
    await step("call", lambda: called("bash_tool", {"command": "echo hi; id -un"}))
    await step("progress", progress)
    await step("cancel", cancel)
    await step("timeout", time_out)
    await step("failing-command", lambda: called("bash_tool", {"command": "echo oops >&2; exit 3"}))
    await step("bad-argument", lambda: called("bash_tool", {"command": 7}))
    await step("unknown-tool", lambda: called("no_such_tool", {}))
    await step("large-output", lambda: called("bash_tool", {"command": "seq 1 300000"}))
    await step("slow-call", slow)
