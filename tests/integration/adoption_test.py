# SPDX-License-Identifier: Apache-2.0
"""The server is killed -9 while many sandboxes work: all go on and are found again, none is lost or left behind."""

import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.only import MANY_AT_ONCE, PROCESS_RECORDS
from harness.processes import family, first_processes, is_alive, owned_by, start_ticks
from harness.together import behind
from harness.wait import wait_for

MANY = 50


def in_parallel(call, items):
    with ThreadPoolExecutor(10) as pool:
        return list(pool.map(call, items))


@MANY_AT_ONCE
def test_given_50_sandboxes_at_work_when_the_server_is_killed_then_all_are_adopted_and_every_result_is_right(make_server, chat):
    base = 10_000_000 + os.getpid() * 1000  # users that no other server has
    server = make_server(SANDBOX_UID_BASE=str(base), SANDBOX_UID_COUNT="1000")
    chats = [f"{chat}-{n}" for n in range(MANY)]
    in_parallel(lambda one: server.run(one, "true"), chats)
    boots = {one: server.engine.boot(server.sandbox_of(one)) for one in chats}
    assert len({server.engine.uid(server.sandbox_of(one)) for one in chats}) == MANY
    readers = [subprocess.Popen([os.environ["CUS_SERVER"], "exec", one, "--", "sh", "-c",
                                 f"echo begun; sleep 3; echo {n} | tee result; exit {n % 7}"],
                                env=server.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
               for n, one in enumerate(chats)]
    for reader in readers:
        assert os.read(reader.stdout.fileno(), 6) == b"begun\n"
    server.kill()
    told = [reader.communicate(timeout=30) for reader in readers]
    jobs = [re.search("--job ([0-9a-f]{32})", said.decode())[1] for _, said in told]
    server.start()
    assert {one: server.engine.boot(server.sandbox_of(one)) for one in chats} == boots

    def follow(item):
        n, one = item
        done = server.command("exec", one, "--job", jobs[n])
        return done.returncode, done.stdout
    assert in_parallel(follow, enumerate(chats)) == [(n % 7, f"begun\n{n}\n") for n in range(MANY)]
    assert in_parallel(lambda one: server.run(one, "cat result"), chats) == [f"{n}\n[exit 0]" for n in range(MANY)]
    assert len(server.engine.sandboxes()) == MANY
    assert sorted(first_processes(server.data_root)) == sorted(server.engine.pid(server.sandbox_of(one)) for one in chats)
    assert "Z" not in owned_by(range(base, base + 1000)).values()

    in_parallel(lambda one: server.command("sandboxes", "rm", one), chats)
    assert server.engine.sandboxes() == []
    assert first_processes(server.data_root) == []
    server.stop()
    wait_for(lambda: owned_by(range(base, base + 1000)) == {})


def test_given_a_killed_server_when_its_sandboxes_are_counted_then_each_has_one_tree_and_the_next_server_ends_it(make_server, chat):
    server = make_server()
    server.run(chat, "setsid sleep 300 > /dev/null 2>&1 &")
    sandbox = server.sandbox_of(chat)
    tree = family(server.engine.pid(sandbox))
    assert len(tree) >= 2
    for _ in range(3):
        server.kill()
        server.start(probe=False)
        assert server.run(chat, "pgrep -c sleep").startswith("1")
    assert server.engine.state(sandbox) == "running"
    assert server.command("sandboxes", "rm", chat).returncode == 0
    wait_for(lambda: not any(is_alive(pid) for pid in tree))


@PROCESS_RECORDS
def test_given_a_server_killed_at_any_moment_of_a_start_when_the_next_one_serves_then_no_sandbox_is_there_twice(make_server, chat):
    server = make_server()
    chats = [f"{chat}-{n}" for n in range(24)]
    for n, one in enumerate(chats):
        call = behind(server.run, one, "true")
        time.sleep(n * 0.002)
        server.kill()
        assert call.exception(10) or call.result()
        server.start(probe=False)
    server.event_wait("probe.ok")
    assert set(in_parallel(lambda one: server.run(one, "echo hi").splitlines()[-1], chats)) == {"[exit 0]"}
    known = {server.engine.pid(name) for name in server.engine.sandboxes()} - {None}
    wait_for(lambda: set(first_processes(server.data_root)) == known, 15)


@PROCESS_RECORDS
def test_given_a_reboot_when_the_chat_goes_on_then_its_sandbox_was_stopped_and_its_files_are_there(make_server, chat):
    server = make_server()
    server.run(chat, "echo kept > note; echo tmp > /tmp/note")
    sandbox = server.sandbox_of(chat)
    server.kill()
    server.engine.kill(sandbox)
    server.engine.write_run(sandbox, {"boot": "00000000-0000-0000-0000-000000000000"})
    server.start()
    listed = server.command("sandboxes", "list").stdout
    assert next(line for line in listed.splitlines() if chat in line).split().count("running") == 0, listed
    text = server.run(chat, "cat note; cat /tmp/note 2>/dev/null || echo gone")
    assert text.startswith("[Note: ") and text.endswith("kept\ngone\n[exit 0]"), text
    assert server.engine.state(sandbox) == "running"


@PROCESS_RECORDS
@pytest.mark.parametrize("change", ["boot", "start"])
def test_given_a_stranger_with_the_number_of_a_sandbox_when_the_sandbox_is_removed_then_the_stranger_lives(make_server, chat, change):
    server = make_server()
    server.run(chat, "echo kept > note")
    sandbox = server.sandbox_of(chat)
    server.kill()
    server.engine.kill(sandbox)
    stranger = subprocess.Popen(["sleep", "300"])
    try:
        started = start_ticks(stranger.pid)
        server.engine.write_run(sandbox, {"pid": stranger.pid, "started": started} | (
            {"boot": "00000000-0000-0000-0000-000000000000"} if change == "boot" else {"started": started - 1}))
        server.start()
        assert server.run(chat, "cat note").endswith("kept\n[exit 0]")
        server.stop()
        server.engine.kill(sandbox)
        server.engine.write_run(sandbox, {"pid": stranger.pid, "started": started - 1})
        server.start()
        assert server.command("sandboxes", "rm", chat).returncode == 0
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait(10)
