# SPDX-License-Identifier: Apache-2.0
"""Code inside a sandbox attacks the guest agent: it harms itself only, and the next call is right within five seconds."""

import textwrap
import time


def right_within(server, chat, seconds=5.0):
    begin = time.monotonic()
    text = server.run(chat, "echo right")
    assert text.startswith("right") and text.endswith("[exit 0]"), text
    assert time.monotonic() - begin < seconds


def python(server, chat, code, **options):
    """Runs a program in the sandbox from a heredoc."""
    return server.run(chat, f"python3 - <<'PROGRAM'\n{textwrap.dedent(code)}\nPROGRAM", **options)


def test_given_kill_of_everything_when_the_next_call_comes_then_it_is_right(shared_server, chat):
    shared_server.run(chat, "sleep 300 & kill -9 -1; echo survived")
    right_within(shared_server, chat)
    assert "sleep" not in shared_server.run(chat, "ps -e -o comm")


def test_given_signals_to_pid_1_when_sent_then_it_lives(shared_server, chat):
    text = shared_server.run(chat, "for s in KILL TERM STOP SEGV HUP; do kill -$s 1; done; sleep 0.2; cat /proc/1/comm")
    assert "computer-use-gu" in text
    right_within(shared_server, chat)


def test_given_a_look_into_the_guest_when_tried_then_nothing_of_it_can_be_read(shared_server, chat):
    text = python(shared_server, chat, """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        print("attach", libc.ptrace(16, 1, 0, 0) == 0)
        print("seize", libc.ptrace(0x4206, 1, 0, 0) == 0)
        for name in ("mem", "environ", "maps", "fd", "root", "cwd", "stack", "auxv"):
            try:
                path = f"/proc/1/{name}"
                if name == "fd":
                    print(name, bool(os.listdir(path)))
                elif name in ("root", "cwd"):
                    print(name, bool(os.readlink(path)))
                else:
                    print(name, bool(open(path, "rb").read(16)))
            except OSError:
                print(name, False)
        iov = (ctypes.c_void_p * 2)(ctypes.addressof(ctypes.create_string_buffer(16)), 16)
        remote = (ctypes.c_void_p * 2)(0x1000, 16)
        print("vm_readv", libc.process_vm_readv(1, iov, 1, remote, 1, 0) > 0)
    """)
    assert "True" not in text, text
    assert text.count("False") == 11, text


def test_given_every_process_of_the_sandbox_when_searched_then_the_token_is_nowhere(shared_server, chat):
    shared_server.run(chat, "true")
    storage = shared_server.sandbox_of(chat).removeprefix("cus-")
    token = shared_server.query(f"select token from sandboxes where storage = '{storage}'")[0][0]
    text = python(shared_server, chat, f"""
        import os
        half = "{token[:32]}"
        token = (half + "{token[32:]}").encode()
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            for name in ("environ", "cmdline"):
                try:
                    if token in open(f"/proc/{{pid}}/{{name}}", "rb").read():
                        found.append((pid, name))
                except OSError:
                    pass
        for base in ("/tmp", "/run", "/home/assistant", "/opt/computer-use"):
            for folder, _, names in os.walk(base):
                for name in names:
                    try:
                        if token in open(os.path.join(folder, name), "rb").read(1 << 20):
                            found.append((folder, name))
                    except OSError:
                        pass
        print("found", [item for item in found if item[0] != str(os.getpid()) and item[0] != str(os.getppid())])
    """)
    assert "found []" in text, text


ROGUE = """
    import json, socket, threading
    PATH = "/run/computer-use/server.sock"
    def dial(kind, token=None):
        s = socket.socket(socket.AF_UNIX); s.settimeout(2); s.connect(PATH)
        hello = {"cus": {"min": 1, "max": 1}, "kind": kind, "boot": "0" * 32, "build": "rogue"}
        if token: hello["token"] = token
        s.sendall(json.dumps(hello).encode() + b"\\n")
        return s
"""


def test_given_a_rogue_that_dials_ten_thousand_times_when_a_call_comes_then_it_is_right(shared_server, chat):
    before = shared_server.open_files()
    text = python(shared_server, chat, ROGUE + """
    refused = 0
    for i in range(10000):
        try:
            s = dial(("work", "control", "egress")[i % 3], "ab" * 32 if i % 2 else None)
            if b'"ok":false' in s.recv(512): refused += 1
            s.close()
        except OSError:
            refused += 1
    print("refused", refused)
    """, timeout_seconds=120)
    assert "refused 10000" in text, text
    right_within(shared_server, chat)
    assert shared_server.open_files() <= before + 8


def test_given_a_rogue_that_holds_silent_connections_when_calls_come_then_they_are_right(shared_server, chat):
    mcp = shared_server.mcp(chat)
    mcp.bash("""cat > /tmp/rogue.py <<'EOF'
import socket, time
held = []
end = time.monotonic() + 8
while time.monotonic() < end:
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(1)
    try:
        s.connect("/run/computer-use/server.sock")
        held = held[-500:] + [s]
    except OSError:
        time.sleep(0.001)
EOF
python3 /tmp/rogue.py & """)
    for _ in range(5):
        right_within(shared_server, chat)


def test_given_a_rogue_that_answers_jobs_when_a_call_comes_then_its_answer_is_not_taken(shared_server, chat):
    python(shared_server, chat, ROGUE + """
    def answer():
        try:
            s = dial("work", "cd" * 32)
            s.sendall(b'HTTP/1.1 101 X\\\\r\\\\nConnection: Upgrade\\\\r\\\\nUpgrade: cus-job\\\\r\\\\n\\\\r\\\\n' + b'x\\\\0\\\\0\\\\0\\\\x0a{"code":0}')
            s.recv(4096)
        except OSError:
            pass
    threads = [threading.Thread(target=answer) for _ in range(50)]
    [t.start() for t in threads]; [t.join() for t in threads]
    """)
    text = shared_server.run(chat, "echo mine; exit 3")
    assert text == "mine\n[Exit code: 3]"


def test_given_the_socket_directory_when_code_tries_to_replace_it_then_it_cannot(shared_server, chat):
    text = shared_server.run(chat, "cd /run/computer-use; rm -f server.sock && echo removed; mv server.sock x && echo moved; "
                                   "touch y && echo made; ln -sf /tmp /run/computer-use/z && echo linked; ls")
    assert not any(word in text for word in ("removed", "moved", "made", "linked")), text


def test_given_ten_thousand_zombies_when_made_then_they_are_reaped(shared_server, chat):
    text = shared_server.run(chat, "for i in $(seq 2000); do (true &) ; done; sleep 0.5; ps -e -o stat= | grep -c '^Z'", timeout_seconds=60)
    assert int(text.splitlines()[0]) <= 50, text


def test_given_exit_code_255_and_odd_names_when_it_ends_then_the_code_is_told(shared_server, chat):
    assert "[Exit code: 255]" in shared_server.run(chat, "exec -a $'\\e[31mname\\n' bash -c 'exit 255'")
