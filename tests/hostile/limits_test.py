# SPDX-License-Identifier: Apache-2.0
"""The limits of a sandbox hold and are told for what they are, whichever engine sets them."""

import pytest

from harness.server import Server

MEMORY_MIB, PROCESSES, CPUS = 256, 100, 0.5


@pytest.fixture(scope="module")
def server(engine):
    made = Server(engine, {"CONTAINER_MEM_LIMIT": f"{MEMORY_MIB}m", "CONTAINER_PIDS_LIMIT": str(PROCESSES),
                           "CONTAINER_CPU_LIMIT": str(CPUS)}).start()
    yield made
    made.discard()


def python(server, chat, code, **options):
    return server.mcp(chat).bash_result(f"python3 - <<'PROGRAM'\n{code}\nPROGRAM", **options)


def test_given_two_busy_processes_when_half_a_processor_is_the_limit_then_they_get_that_and_no_more(server, chat):
    server.run(chat, "true")
    text = python(server, chat, """
import os, time
begin = time.monotonic()
for _ in range(2):
    if os.fork() == 0:
        while time.monotonic() < begin + 4: pass
        os._exit(0)
for _ in range(2): os.wait()
used = os.times()
print((used.children_user + used.children_system) / (time.monotonic() - begin))
""")["content"][0]["text"]
    assert 0.5 * CPUS <= float(text.splitlines()[0]) <= 1.3 * CPUS, text


def test_given_a_limit_of_processes_when_more_are_started_then_the_rest_is_refused_and_the_next_call_works(server, chat):
    text = python(server, chat, """
import subprocess
started = []
try:
    for _ in range(1000): started.append(subprocess.Popen(["sleep", "60"]))
except OSError as error:
    print(type(error).__name__, len(started))
for process in started: process.kill()
""")["content"][0]["text"]
    name, count = text.splitlines()[0].split()
    assert name == "BlockingIOError" and PROCESSES // 2 <= int(count) <= PROCESSES
    assert server.run(chat, "echo on") == "on\n[exit 0]"


def test_given_a_limit_of_processes_when_threads_are_started_then_they_count_too(server, chat):
    text = python(server, chat, """
import threading
stay = threading.Event()
try:
    for count in range(1000): threading.Thread(target=stay.wait).start()
except RuntimeError as error:
    print(count, error)
stay.set()
""")["content"][0]["text"]
    assert PROCESSES // 2 <= int(text.split()[0]) <= PROCESSES


BOMBS = {
    "anonymous": "python3 -c 'x = bytearray(1 << 30); print(len(x))'",
    "child": "bash -c \"python3 -c 'x = bytearray(1 << 30)'; echo survived\"; exit 1",
    "shared": "python3 -c 'import mmap; m = mmap.mmap(-1, 1 << 30); [m.write(bytes(1 << 20)) for _ in range(1024)]'",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_given_a_memory_bomb_when_it_is_killed_then_the_result_says_out_of_memory_and_the_sandbox_lives(server, chat, bomb):
    server.run(chat, "sleep 300 > /dev/null 2>&1 &")
    boot = server.engine.boot(server.sandbox_of(chat))
    result = server.mcp(chat).bash_result(bomb)
    assert result["isError"] and "out of memory" in result["content"][0]["text"].lower(), result
    assert server.run(chat, "echo on") == "on\n[exit 0]"
    assert server.engine.boot(server.sandbox_of(chat)) == boot


def test_given_much_reading_and_writing_when_the_page_cache_fills_then_that_is_no_lack_of_memory(server, chat):
    result = server.mcp(chat).bash_result("head -c 600M /dev/zero > big; cat big | wc -c; rm big", timeout_seconds=100)
    assert result["content"][0]["text"] == f"{600 << 20}\n[exit 0]"


def test_given_a_job_out_of_memory_when_the_next_one_merely_fails_then_it_is_not_called_out_of_memory(server, chat):
    server.run(chat, BOMBS["anonymous"])
    text = server.run(chat, "kill -9 $$")
    assert "memory" not in text.lower() and "killed" in text.lower(), text


def test_given_tmp_is_full_when_the_next_call_deletes_then_it_can(server, chat):
    for place in ("/tmp", "/var/tmp", "/dev/shm"):
        text = server.run(chat, f"head -c 900M /dev/zero > {place}/fill")
        assert "No space left" in text, text
    assert server.run(chat, "rm -f /tmp/fill /var/tmp/fill /dev/shm/fill; echo deleted") == "deleted\n[exit 0]"
