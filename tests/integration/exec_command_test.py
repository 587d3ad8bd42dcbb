# SPDX-License-Identifier: Apache-2.0
"""The program's other commands: exec, sandboxes, doctor, healthcheck, check-config, and what they exit with."""

import json
import os
import subprocess

import pytest


def run(server, *arguments, **settings):
    return server.command(*arguments, env=settings)


@pytest.mark.parametrize("command, code", [
    ("exit 0", 0), ("exit 3", 3), ("kill -TERM $$", 128 + 15), ("kill -KILL $$", 128 + 9),
])
def test_given_a_command_when_it_ends_then_exec_exits_as_a_shell_would(shared_server, chat, command, code):
    assert run(shared_server, "exec", chat, "--", "sh", "-c", command).returncode == code


def test_given_a_time_limit_when_the_command_exceeds_it_then_exec_exits_124(shared_server, chat):
    told = run(shared_server, "exec", chat, "--timeout", "1", "--", "sleep", "60")
    assert told.returncode == 124 and "time limit" in told.stderr


def test_given_no_such_program_when_exec_starts_it_then_it_exits_unusable_and_says_why(shared_server, chat):
    told = run(shared_server, "exec", chat, "--", "no-such-program")
    assert told.returncode in (125, 127) and "no-such-program" in told.stderr


def test_given_both_streams_when_a_command_writes_them_then_they_stay_apart(shared_server, chat):
    told = run(shared_server, "exec", chat, "--", "sh", "-c", "echo out; echo err >&2")
    assert (told.stdout, told.stderr) == ("out\n", "err\n")


def test_given_arguments_with_blanks_when_exec_passes_them_then_no_shell_takes_them_apart(shared_server, chat):
    told = run(shared_server, "exec", chat, "--", "printf", "[%s]", "a b", "$HOME", "", "'")
    assert told.stdout == "[a b][$HOME][][']"


def test_given_no_running_server_when_exec_is_used_then_it_works_on_the_same_computer(make_server, chat):
    server = make_server()
    server.run(chat, "echo kept > note")
    server.stop()
    told = run(server, "exec", chat, "--", "cat", "note")
    assert (told.returncode, told.stdout) == (0, "kept\n"), told.stderr
    told = run(server, "exec", chat, "--", "sh", "-c", "exit 3")
    assert told.returncode == 3


def test_given_chats_when_sandboxes_are_listed_then_each_is_there_with_its_state(make_server, chat):
    server = make_server()
    server.run(chat, "true")
    server.event_wait("probe.ok")
    listed = json.loads(run(server, "sandboxes", "list", "--json").stdout)
    mine = next(item for item in listed if item["chat"] == chat)
    assert (mine["tenant"], mine["state"], mine["connected"]) == ("default", "running", True)
    assert f"cus-{mine['storage']}" == server.sandbox_of(chat)
    assert chat in run(server, "sandboxes", "list").stdout


def test_given_a_sandbox_when_it_is_removed_then_its_files_stay_unless_they_are_named(make_server, chat):
    server = make_server()
    server.run(chat, "echo kept > note")
    sandbox = server.sandbox_of(chat)
    assert run(server, "sandboxes", "rm", chat).returncode == 0
    assert server.engine.state(sandbox) is None
    assert server.run(chat, "cat note").endswith("kept\n[exit 0]")
    assert run(server, "sandboxes", "rm", chat, "--files").returncode == 0
    assert not os.path.exists(f"{server.data_root}/chats/{sandbox.removeprefix('cus-')}")
    assert server.run(chat, "ls note 2>/dev/null || echo nothing").endswith("nothing\n[exit 0]")
    unknown = run(server, "sandboxes", "rm", "never-seen")
    assert unknown.returncode == 1 and "never-seen" in unknown.stderr


@pytest.fixture
def machine(make_server):
    """Settings without a running server."""
    server = make_server()
    server.stop()
    return server


def test_given_a_working_machine_when_doctor_looks_then_every_check_passes(machine):
    told = run(machine, "doctor")
    assert told.returncode == 0 and "probe sandbox" in told.stdout and "[FAIL]" not in told.stdout, told.stdout
    checks = json.loads(run(machine, "doctor", "--json").stdout)["checks"]
    assert {"engine", "image", "disk", "permissions", "probe sandbox"} <= {check["name"] for check in checks}


@pytest.mark.parametrize("what", ["program", "image"])
def test_given_something_missing_when_doctor_looks_then_it_fails_with_one_remedy(machine, what):
    name, value = machine.engine.missing[what]
    told = run(machine, "doctor", **{name: value})
    assert told.returncode == 1, told.stdout + told.stderr
    assert told.stdout.count("[FAIL]") == 1
    remedy = next(line for line in told.stdout.splitlines() if line.strip().startswith("->"))
    assert name in told.stdout[told.stdout.index("[FAIL]"):] and remedy


def test_given_a_server_when_its_health_is_asked_then_the_exit_code_tells(make_server):
    server = make_server()
    assert run(server, "healthcheck", MCP_PORT=str(server.port)).returncode == 0
    server.stop()
    told = run(server, "healthcheck", MCP_PORT=str(server.port))
    assert told.returncode == 1 and "not healthy" in told.stderr


def bare(*arguments, **settings):
    return subprocess.run([os.environ["CUS_SERVER"], *arguments], env={"PATH": os.environ["PATH"]} | settings, cwd="/",
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)


def test_given_bad_settings_when_serving_then_it_exits_2_and_names_every_variable():
    bad = {"MCP_PORT": "many", "CONTAINER_MEM_LIMIT": "lots", "SINGLE_USER_MODE": "maybe", "EGRESS_ALLOW_PRIVATE": "x"}
    told = bare("serve", **bad)
    assert told.returncode == 2
    for name in bad:
        assert name in told.stderr
    assert bare("check-config", **bad).returncode == 1


def test_given_good_settings_when_they_are_checked_then_it_exits_0_and_shows_no_key():
    told = bare("check-config", MCP_API_KEY="a-secret-key-0123456789", BASE_DATA_DIR="/tmp/cus-unused")
    assert told.returncode == 0 and "a-secret-key" not in told.stdout + told.stderr
    assert "MCP_PORT" in told.stdout


def test_given_the_route_table_when_it_is_dumped_then_each_route_says_whether_it_needs_a_key():
    lines = bare("--dump-routes").stdout.splitlines()
    routes = {(line.split()[0], line.split()[1]): line.split()[2] for line in lines}
    assert routes[("POST", "/mcp")] == "key" and set(routes.values()) == {"key", "open"}
    assert {path for (_, path), auth in routes.items() if auth == "open"} == {"/health", "/livez", "/readyz"}
