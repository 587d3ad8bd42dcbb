# SPDX-License-Identifier: Apache-2.0
"""What several rows do: call a tool, do the same without us, begin a chat."""

import json
import threading
import time

from harness.engine import API
from raw_client import RawClient, request, tool_call
from samples import sample

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


def connect(server):
    return RawClient(("127.0.0.1", server.port))


def run_tool(client, command, chat):
    answer = json.loads(client.exchange(tool_call(command, chat)))
    assert answer["result"]["isError"] is False, answer
    return answer["result"]["content"][0]["text"]


def command_inside(client, chat, count):
    """`bash -c true` started again and again inside the sandbox, nothing of ours around it."""
    text = run_tool(client, f"python3 -c \"{LOOP.format(count=count)}\"", chat)
    return [float(value) for value in text.splitlines()[0].split()]


def at_once(server, command, chats):
    """Milliseconds until every chat has answered; all begin together, on connections that are there already."""
    clients = [connect(server) for _ in chats]
    answers, start = [], threading.Barrier(len(chats) + 1)

    def one(client, chat):
        start.wait(60)
        answers.append(run_tool(client, command, chat))

    threads = [threading.Thread(target=one, args=pair) for pair in zip(clients, chats)]
    for thread in threads:
        thread.start()
    start.wait(60)
    begin = time.perf_counter()
    for thread in threads:
        thread.join()
    took = (time.perf_counter() - begin) * 1000
    for client in clients:
        client.close()
    assert len(answers) == len(chats), f"{len(answers)} of {len(chats)} answered"
    return took


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


def raw_create_body(server, chat):
    """The image and limits of this chat's sandbox, to be started by hand."""
    settings = server.engine.inspect(server.sandbox_of(chat))
    return {"Image": settings["Config"]["Image"], "Entrypoint": ["sleep", "600"], "User": "1000:1000",
            "HostConfig": {"NetworkMode": "none", "Memory": settings["HostConfig"]["Memory"]}}


def create_and_start(engine, body):
    """Milliseconds that the engine alone takes."""
    client = RawClient(engine.path)
    begin = time.perf_counter()
    created = json.loads(client.exchange(request("POST", f"{API}/containers/create", body)))
    client.exchange(request("POST", f"{API}/containers/{created['Id']}/start"))
    took = (time.perf_counter() - begin) * 1000
    client.close()
    engine.remove(created["Id"])
    return took
