# SPDX-License-Identifier: Apache-2.0
"""What the engine gets to hear: no exec, no archive, nothing at all in a tool call, and no secret ever."""

import json

import pytest

from harness.only import ASKED_OVER_A_SOCKET

pytestmark = ASKED_OVER_A_SOCKET

KEY = "secret-key-0123456789abcdef"
EMAIL = "jane.doe@example.org"
NAME = "Jane Doe-Example"


@pytest.fixture
def recorded(make_engine_proxy, make_server, chat):
    """(proxy, client) of a chat whose sandbox is there, with every identity a client can send."""
    proxy = make_engine_proxy()
    server = make_server(on=proxy, MCP_API_KEYS=f"tenant-of-jane:{KEY}")
    client = server.mcp(chat, KEY, **{"X-User-Email": EMAIL, "X-User-Name": NAME})
    client.bash("true")
    server.event_wait("probe.ok")
    return proxy, client, server


def creates(proxy):
    return [(path, json.loads(body)) for method, path, body in proxy.calls
            if method == "POST" and "/containers/create" in path]


def test_given_a_running_sandbox_when_tools_are_called_then_the_engine_is_not_asked(recorded):
    proxy, client, _ = recorded
    before = len(proxy.calls)
    for n in range(20):
        assert client.bash(f"echo {n}") == f"{n}\n[exit 0]"
    assert client.bash("seq 20000 | tail -1; sleep 1").startswith("20000")
    assert "timed out" in client.bash("sleep 30", timeout_seconds=1)
    assert proxy.calls[before:] == []


def test_given_a_whole_journey_when_it_is_recorded_then_there_is_no_exec_and_no_archive(recorded, chat):
    proxy, client, server = recorded
    proxy.real.stop(server.sandbox_of(chat, "tenant-of-jane"))
    assert "exit 0" in client.bash("echo back")
    assert server.command("exec", chat, "--tenant", "tenant-of-jane", "--", "true").returncode == 0
    assert server.command("doctor").returncode == 0
    assert server.command("sandboxes", "rm", chat, "--tenant", "tenant-of-jane").returncode == 0
    paths = [path for _, path, _ in proxy.calls]
    assert len(paths) > 10
    assert [path for path in paths if "/exec" in path or "/archive" in path or "/attach" in path] == []


def test_given_create_bodies_when_they_are_read_then_no_identity_and_no_secret_is_in_them(recorded, chat):
    proxy, client, server = recorded
    assert client.bash("git config user.email || echo $GIT_AUTHOR_EMAIL") == f"{EMAIL}\n[exit 0]"
    found = creates(proxy)
    assert len(found) >= 2  # the chat's and the probe's
    tokens = [row[0] for row in server.query("select token from sandboxes")]
    for path, body in found:
        text = path + json.dumps(body)
        for secret in (KEY, EMAIL, NAME, chat, "tenant-of-jane", *tokens):
            assert secret not in text


def test_given_create_bodies_when_they_are_read_then_the_sandbox_is_locked_down(recorded):
    proxy, _, _ = recorded
    for _, body in creates(proxy):
        host = body["HostConfig"]
        assert sorted(body["Labels"]) == ["cus.instance", "cus.schema", "cus.storage"]
        assert host["CapDrop"] == ["ALL"] and not host.get("CapAdd") and host["Privileged"] is False
        assert host["NetworkMode"] == "none" and host["ReadonlyRootfs"] is True
        assert "no-new-privileges:true" in host["SecurityOpt"]
        seccomp = next(option for option in host["SecurityOpt"] if option.startswith("seccomp="))
        assert json.loads(seccomp.removeprefix("seccomp="))["defaultAction"] == "SCMP_ACT_ERRNO"
        assert host["Memory"] == host["MemorySwap"] == 512 << 20 and host["PidsLimit"] == 512
        assert host["LogConfig"]["Type"] == "none" and host["RestartPolicy"]["Name"] == "no"
        assert body["User"] == "1000:1000" and not body.get("Env") and not host.get("Binds")
        assert not any("docker.sock" in mount["Source"] for mount in host["Mounts"])
