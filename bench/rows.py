# SPDX-License-Identifier: Apache-2.0
"""The rows of bench/run: each measures something of ours beside its yardstick."""

import json
import secrets
import threading
import time

from harness.engine import API
from raw_client import RawClient, request, tool_call
from samples import median, row, sample, summary, timed

MS_OVER_COMMAND = 1.5
LOOP = """
import os, time
times = []
for _ in range({count}):
    begin = time.perf_counter()
    pid = os.posix_spawn('/bin/bash', ['bash', '-c', 'true'], os.environ)
    os.waitpid(pid, 0)
    times.append((time.perf_counter() - begin) * 1000)
print(*times)
"""


def run_tool(client, command, chat):
    answer = json.loads(client.exchange(tool_call(command, chat)))
    assert answer["result"]["isError"] is False, answer
    return answer["result"]["content"][0]["text"]


def command_inside(client, chat, count):
    """`bash -c true` started again and again inside the sandbox, nothing of ours around it."""
    text = run_tool(client, f"python3 -c \"{LOOP.format(count=count)}\"", chat)
    return [float(value) for value in text.splitlines()[0].split()]


def raw_exec(engine, container, count):
    """What docker exec costs: create and start with attached output, over a kept connection and a fresh one."""
    plain = RawClient(engine.path)
    create = request("POST", f"{API}/containers/{container}/exec", {"Cmd": ["bash", "-c", "true"], "AttachStdout": True})

    def once():
        exec_id = json.loads(plain.exchange(create))["Id"]
        attached = RawClient(engine.path)
        attached.socket.sendall(request("POST", f"{API}/exec/{exec_id}/start", {"Detach": False}))
        while attached.socket.recv(65536):
            pass
        attached.close()

    return sample(once, count)


def tool_call_row(server, smoke):
    calls, execs = (50, 5) if smoke else (1000, 60)
    chat = "bench-call"
    client = RawClient(("127.0.0.1", server.port))
    run_tool(client, "true", chat)
    request_bytes = tool_call("true", chat)
    ours = sample(lambda: client.exchange(request_bytes), calls, 50)
    inside = command_inside(client, chat, calls)
    engine = raw_exec(server.engine, server.sandbox_of(chat), execs)
    client.close()
    over = median(ours) - median(inside)
    yield row("tool call over the command", summary(ours), f"bash -c true inside: {summary(inside)}", f"+{over:.2f} ms",
              f"p50 <= +{MS_OVER_COMMAND} ms", over <= MS_OVER_COMMAND)
    yield row("tool call over the command, beside exec", f"+{over:.2f} ms", f"engine exec: {summary(engine)}",
              f"1/{median(engine) / max(over, 0.001):.0f}", "<= 1/20 of a raw exec", over <= median(engine) / 20)


def new_chat_row(server, smoke):
    count = 2 if smoke else 15
    client = RawClient(("127.0.0.1", server.port))
    run_tool(client, "true", "bench-warm")
    body = raw_create_body(server)
    ours, raw = [], []
    for _ in range(count):  # in turns, so that both see the same machine
        chat = "bench-new-" + secrets.token_hex(4)
        ours.append(timed(lambda chat=chat: run_tool(client, "true", chat)))
        raw.append(create_and_start(server.engine, body))
    client.close()
    ratio = median(ours) / median(raw)
    yield row("new chat to its first result", summary(ours), f"raw create + start: {summary(raw)}", f"{ratio:.2f}",
              "<= 1.3 x create + start", ratio <= 1.3)


def raw_create_body(server):
    """The same image and limits as our sandboxes, started by hand."""
    settings = server.engine.inspect(server.sandbox_of("bench-warm"))
    return {"Image": settings["Config"]["Image"], "Entrypoint": ["sleep", "600"], "User": "1000:1000",
            "HostConfig": {"NetworkMode": "none", "Memory": settings["HostConfig"]["Memory"]}}


def create_and_start(engine, body):
    client = RawClient(engine.path)
    begin = time.perf_counter()
    created = json.loads(client.exchange(request("POST", f"{API}/containers/create", body)))
    client.exchange(request("POST", f"{API}/containers/{created['Id']}/start"))
    took = (time.perf_counter() - begin) * 1000
    client.close()
    engine.remove(created["Id"])
    return took


def parallel_row(server, smoke):
    count = 4 if smoke else 24
    chats = [f"bench-par-{i}" for i in range(count)]
    clients = [RawClient(("127.0.0.1", server.port)) for _ in chats]
    for client, chat in zip(clients, chats):
        run_tool(client, "true", chat)
    threads = [threading.Thread(target=run_tool, args=(client, "sleep 2", chat)) for client, chat in zip(clients, chats)]

    def together():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    took = timed(together) / 1000
    yield row(f"{count} x sleep 2 in {count} sandboxes", f"{took:.2f} s", "sleep 2: 2.00 s", f"{took / 2:.2f}", "<= 2.3 s",
              took <= 2.3)
    time.sleep(1 if smoke else 10)  # the row asks for the memory that stays
    rss = server.rss_kib() / 1024
    yield row("RSS of the server after that row", f"{rss:.1f} MiB", "nothing", "", "< 30 MB", rss * 1.048576 < 30)
    for client in clients:
        client.close()


ALL = [tool_call_row, new_chat_row, parallel_row]
