# SPDX-License-Identifier: Apache-2.0
"""A job outlives the server: its output is read by offset across many kill -9, each line exactly once."""

import os
import re
import subprocess

from harness.wait import wait_for

LINES, SECONDS, RESTARTS = (200_000, 60, 20) if os.environ.get("CUS_FULL") else (20_000, 8, 8)

# Lines of 120 bytes, so that what is asked for again has left the guest's memory for the spool.
PRINTER = """
import sys, time
lines, seconds, steps = int(sys.argv[1]), float(sys.argv[2]), 100
begin = time.monotonic()
for step in range(steps):
    first = step * lines // steps
    for n in range(first, first + lines // steps):
        sys.stdout.write(f"line {n:07d} ".ljust(119, ".") + "\\n")
    sys.stdout.flush()
    time.sleep(max(0, begin + (step + 1) * seconds / steps - time.monotonic()))
sys.exit(7)
"""


def line(n):
    return f"line {n:07d} ".ljust(119, ".") + "\n"


def execute(server, chat, *arguments):
    return subprocess.Popen(
        [os.environ["CUS_SERVER"], "exec", chat, *arguments],
        env=server.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def follow(server, chat, job, offset=0):
    return execute(server, chat, "--job", job, "--offset", str(offset))


def read_until(reader, goal, have):
    """Reads on until `goal` bytes are there or the output ends; whether it ended."""
    while len(have) < goal:
        data = os.read(reader.stdout.fileno(), 4096)
        if not data:
            return True
        have += data
    return False


def finish(reader, have):
    rest, said = reader.communicate(timeout=120)
    have += rest
    return reader.returncode, said.decode()


def test_given_a_long_job_when_the_server_is_killed_again_and_again_then_each_line_is_read_once(make_server, chat):
    server = make_server()
    server.run(chat, "true")
    sandbox = server.sandbox_of(chat)
    boot = server.engine.boot(sandbox)
    have, total = bytearray(), LINES * 120
    reader = execute(server, chat, "--timeout", "300", "--", "python3", "-c", PRINTER, str(LINES), str(SECONDS))
    for turn in range(1, RESTARTS + 1):
        assert not read_until(reader, total * turn // (RESTARTS + 1), have), finish(reader, have)
        server.kill()
        code, said = finish(reader, have)
        assert code == 125, (code, said)
        job = re.search("--job ([0-9a-f]{32})", said)[1]
        server.start(probe=False)
        reader = follow(server, chat, job, len(have))
    read_until(reader, total + 1, have)
    code, said = finish(reader, have)
    assert code == 7, said
    assert have.decode().splitlines(keepends=True) == [line(n) for n in range(LINES)]
    assert server.engine.boot(sandbox) == boot
    wait_for(lambda: server.query(f"select state from jobs where id = '{job}'") == [("ended",)])


def test_given_a_call_when_the_server_is_killed_then_its_command_goes_on_in_the_sandbox(make_server, chat):
    server = make_server()
    server.run(chat, "true")
    reader = execute(server, chat, "--", "sh", "-c", "echo begun; sleep 2; echo done > result")
    read_until(reader, len("begun\n"), bytearray())
    server.kill()
    assert reader.wait(30) == 125
    server.start()
    wait_for(lambda: server.run(chat, "cat result 2>/dev/null").startswith("done"))


def test_given_a_job_when_its_sandbox_was_restarted_then_following_it_is_a_clear_error(shared_server, chat):
    shared_server.run(chat, "true")
    job = shared_server.mcp(chat).bash_result("echo hi")["_meta"]["job_id"]
    assert shared_server.command("exec", chat, "--job", job).stdout == "hi\n"
    shared_server.engine.kill(shared_server.sandbox_of(chat))
    shared_server.run(chat, "true")
    told = shared_server.command("exec", chat, "--job", job)
    assert told.returncode == 125 and told.stdout == ""
    assert job in told.stderr and "no job" in told.stderr


def test_given_a_running_job_when_server_and_sandbox_die_then_its_row_becomes_interrupted(make_server, chat):
    server = make_server()
    reader = execute(server, chat, "--", "sh", "-c", "echo begun; exec sleep 300")
    read_until(reader, len("begun\n"), bytearray())
    (job,), = wait_for(lambda: server.query("select id from jobs where state = 'running'"))
    server.kill()
    reader.communicate(timeout=30)
    server.engine.kill(server.sandbox_of(chat))
    server.start()
    wait_for(lambda: server.query(f"select state from jobs where id = '{job}'") == [("interrupted",)], 20)
