# SPDX-License-Identifier: Apache-2.0
"""A host user for each sandbox: with the namespaces broken on purpose, the users alone still keep sandboxes apart."""

import json
import os
import subprocess
import textwrap

import pytest

from harness.only import HOST_USERS
from harness.processes import family

pytestmark = HOST_USERS
FIRST, COUNT = 2_000_000, 65_536


@pytest.fixture(scope="module")
def two(shared_server):
    """The names of two sandboxes at work."""
    for chat in ("one", "two"):
        shared_server.run(chat, "echo mine > note; chmod 644 note; mkdir -p deep; echo mine > deep/note; setsid sleep 3600 > /dev/null 2>&1 &")
    return [shared_server.sandbox_of(chat) for chat in ("one", "two")]


def ids(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as status:
        found = dict(line.split(":", 1) for line in status)
    return set(found["Uid"].split()) | set(found["Gid"].split()), found["Groups"].split()


def as_user(uid, code, **names):
    """Runs a program as this user, in this machine's own namespaces; what it printed."""
    program = "import ctypes, json, os, socket, subprocess\n" + "".join(f"{k} = {v!r}\n" for k, v in names.items()) + textwrap.dedent(code)
    told = subprocess.run(["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "/usr/bin/python3", "-c", program], cwd="/",
                          capture_output=True, text=True, check=False, timeout=60)
    assert told.returncode == 0, told.stderr
    return told.stdout


def processes_of(engine, sandbox):
    return family(engine.monitor(sandbox))


def test_given_two_sandboxes_when_their_processes_are_looked_at_then_each_has_a_host_user_of_its_own(shared_server, two):
    engine = shared_server.engine
    users = [engine.uid(sandbox) for sandbox in two]
    assert len(set(users)) == 2 and all(FIRST <= uid < FIRST + COUNT for uid in users)
    for sandbox, uid in zip(two, users):
        for pid in processes_of(engine, sandbox):
            assert ids(pid) == ({str(uid)}, []), pid
        home = f"{shared_server.data_root}/chats/{sandbox.removeprefix('cus-')}/home"
        assert (os.stat(home).st_uid, os.stat(f"{home}/note").st_uid) == (uid, uid)


def test_given_the_host_user_of_one_when_it_attacks_the_processes_of_another_then_all_is_denied(shared_server, two):
    engine = shared_server.engine
    mine, other = two
    told = as_user(engine.uid(mine), """
        libc = ctypes.CDLL(None, use_errno=True)
        done = []
        def attempt(name, call):
            try:
                if call(): done.append(name)
            except OSError:
                pass
        for pid in PIDS:
            for number in (0, 9, 15, 18, 19):
                attempt(f"kill {number}", lambda: os.kill(pid, number) is None)
            attempt("attach", lambda: libc.ptrace(16, pid, 0, 0) == 0)
            attempt("seize", lambda: libc.ptrace(0x4206, pid, 0, 0) == 0)
            for name in ("mem", "environ", "maps", "auxv", "stack"):
                attempt(name, lambda: open(f"/proc/{pid}/{name}", "rb").read(16))
            for name in ("fd", "root", "cwd", "map_files"):
                attempt(name, lambda: os.listdir(f"/proc/{pid}/{name}/"))
            attempt("namespace", lambda: libc.setns(os.open(f"/proc/{pid}/ns/user", os.O_RDONLY), 0) == 0)
            attempt("write mem", lambda: open(f"/proc/{pid}/mem", "r+b"))
            attempt("oom", lambda: open(f"/proc/{pid}/oom_score_adj", "w").write("1000"))
            attempt("limits", lambda: libc.prlimit(pid, 7, ctypes.create_string_buffer(16), None) == 0)
            attempt("nice", lambda: os.setpriority(os.PRIO_PROCESS, pid, 19) is None)
            buffer = ctypes.create_string_buffer(16)
            local = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 16)
            remote = (ctypes.c_void_p * 2)(0x400000, 16)
            attempt("vm_readv", lambda: libc.process_vm_readv(pid, local, 1, remote, 1, 0) > 0)
        print(json.dumps(done))
    """, PIDS=processes_of(engine, other))
    assert json.loads(told) == []
    assert shared_server.run("two", "pgrep -c sleep").startswith("1")


def test_given_the_host_user_of_one_when_it_knows_the_path_of_anothers_files_then_it_reads_and_writes_none(shared_server, two):
    mine, other = two
    storage = other.removeprefix("cus-")
    told = as_user(shared_server.engine.uid(mine), """
        done = []
        for path in (f"{ROOT}/chats/{STORAGE}/home", f"{ROOT}/chats/{STORAGE}/home/deep", f"{ROOT}/chats/{STORAGE}/outputs",
                     f"{ROOT}/chats/{STORAGE}/uploads", f"{ROOT}/chats", f"{ROOT}/run", f"{ROOT}/native", f"{ROOT}/native/{STORAGE}"):
            for name, call in {"list": lambda: os.listdir(path), "make": lambda: os.mkdir(path + "/made"),
                               "rename": lambda: os.rename(path, path + "-moved"), "mode": lambda: os.chmod(path, 0o777)}.items():
                try:
                    call()
                    done.append(f"{name} {path.removeprefix(ROOT)}")
                except OSError:
                    pass
        for path in (f"{ROOT}/chats/{STORAGE}/home/note", f"{ROOT}/chats/{STORAGE}/home/deep/note", f"{ROOT}/chats/{STORAGE}/meta.json",
                     f"{ROOT}/native/{STORAGE}/spec.json", f"{ROOT}/native/{STORAGE}/run.json", f"{ROOT}/store.sqlite", f"{ROOT}/key"):
            for how in ("rb", "r+b"):
                try:
                    open(path, how).close()
                    done.append(f"{how} {path.removeprefix(ROOT)}")
                except OSError:
                    pass
        print(json.dumps(done))
    """, ROOT=shared_server.data_root, STORAGE=storage)
    assert [act.replace(storage, "OTHER") for act in json.loads(told)] == []


def test_given_the_host_user_of_one_when_it_dials_the_socket_of_another_then_without_the_token_it_is_nobody(shared_server, two):
    mine, other = two
    told = as_user(shared_server.engine.uid(mine), """
        said = []
        for kind in ("control", "work", "egress"):
            for token in (None, "ab" * 32):
                with socket.socket(socket.AF_UNIX) as sock:
                    sock.settimeout(3)
                    try:
                        sock.connect(PATH)
                        hello = {"cus": {"min": 1, "max": 1}, "kind": kind, "boot": "0" * 32, "build": "stranger"}
                        sock.sendall(json.dumps(hello | ({"token": token} if token else {})).encode() + b"\\n")
                        said.append(sock.recv(512).decode())
                    except OSError as error:
                        said.append(type(error).__name__)
        print(json.dumps(said))
    """, PATH=f"{shared_server.data_root}/run/{other.removeprefix('cus-')}/server.sock")
    assert all('"ok":true' not in answer for answer in json.loads(told)), told
    assert shared_server.run("two", "cat note") == "mine\n[exit 0]"
