# SPDX-License-Identifier: Apache-2.0
"""The engine hangs, dies or speaks other versions: typed errors in time, running sandboxes untouched, healing."""

import http.client
import json
import time

import pytest

from harness.only import FAULTS_OF_A_DAEMON
from harness.wait import wait_for

pytestmark = FAULTS_OF_A_DAEMON


def readiness(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/readyz")
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read())
    connection.close()
    return found


@pytest.fixture
def frozen(own_engine):
    """Freezes the engine and, whatever happens, lets it go on."""
    yield own_engine.freeze
    own_engine.thaw()


def test_given_a_frozen_engine_when_calls_come_then_running_chats_answer_and_new_ones_get_a_typed_error(
        own_engine, make_server, chat, frozen):
    server = make_server(on=own_engine, DOCKER_IMAGE=own_engine.image)
    server.run(chat, "echo kept > /tmp/note")
    server.event_wait("probe.ok")
    assert readiness(server)[0] == 200
    frozen()
    assert server.run(chat, "cat /tmp/note") == "kept\n[exit 0]"

    began = time.monotonic()
    result = server.mcp(chat + "-new").bash_result("echo hi")
    assert time.monotonic() - began < 15
    assert result["isError"] and result["content"][0]["text"].startswith("Error: "), result
    assert "engine" in result["content"][0]["text"]
    status, body = readiness(server)
    assert status == 503 and "engine" in json.dumps(body)

    assert server.run(chat, "cat /tmp/note") == "kept\n[exit 0]"
    own_engine.thaw()
    wait_for(lambda: readiness(server)[0] == 200)
    wait_for(lambda: server.run(chat + "-new", "echo hi") == "hi\n[exit 0]")


def test_given_a_killed_engine_when_it_is_back_then_the_next_call_works(own_engine, make_server, chat):
    server = make_server(on=own_engine, DOCKER_IMAGE=own_engine.image)
    server.run(chat, "echo kept > note")
    server.event_wait("probe.ok")
    try:
        own_engine.kill_daemon()
        result = server.mcp(chat + "-new").bash_result("echo hi")
        assert result["isError"] and "engine" in result["content"][0]["text"], result
    finally:
        own_engine.start()
    wait_for(lambda: readiness(server)[0] == 200)
    assert server.run(chat, "cat note").endswith("kept\n[exit 0]")
    assert wait_for(lambda: server.run(chat + "-new", "echo hi").endswith("hi\n[exit 0]"))


def test_given_an_engine_that_wants_1_44_when_a_chat_begins_then_all_goes_as_ever(make_engine_proxy, make_server, chat):
    proxy = make_engine_proxy(shift=("1.44", "1.41"))
    server = make_server(on=proxy)
    assert server.run(chat, "echo hi") == "hi\n[exit 0]"
    server.engine.real.stop(server.sandbox_of(chat))
    assert server.run(chat, "echo back").endswith("back\n[exit 0]")
    assert server.command("sandboxes", "rm", chat).returncode == 0
    versions = {path.split("/")[1] for _, path, _ in proxy.calls if path.startswith("/v1")}
    assert versions == {"v1.44"}


def test_given_an_engine_that_is_too_new_when_a_chat_begins_then_the_error_says_so(make_engine_proxy, make_server, chat):
    server = make_server(on=make_engine_proxy(shift=("1.99", "1.41")))
    result = server.mcp(chat).bash_result("echo hi")
    assert result["isError"] and "Upgrade this server" in result["content"][0]["text"], result
