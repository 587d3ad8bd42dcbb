# SPDX-License-Identifier: Apache-2.0
"""Which engine serves: the setting, or what is there; and a chat that moves from one engine to another."""

import os

import pytest

from harness.engines import ENGINES
from harness.only import BOTH_AT_ONCE

pytestmark = BOTH_AT_ONCE

NOTHING = "unix:///nowhere/engine.sock"


def chosen(server):
    return [event["engine"] for event in server.events() if event["event"] == "engine.chosen"]


def everything():
    """Settings with which both engines could serve."""
    return ENGINES["native"]().settings() | ENGINES["docker"]().settings()


def test_given_no_engine_on_the_socket_when_the_choice_is_automatic_then_it_is_native(make_server, chat):
    server = make_server(on=ENGINES["native"](), **everything() | {"ENGINE": "auto", "DOCKER_SOCKET": NOTHING})
    assert chosen(server) == ["native"]
    assert server.run(chat, "echo hi") == "hi\n[exit 0]"
    assert server.engine.state(server.sandbox_of(chat)) == "running"


@pytest.mark.parametrize("setting", ["auto", None], ids=["auto", "unset"])
def test_given_an_engine_on_the_socket_when_the_choice_is_automatic_then_it_is_docker(make_server, chat, setting):
    server = make_server(on=ENGINES["docker"](), **everything() | {"ENGINE": setting})
    assert chosen(server) == ["docker"]
    assert server.run(chat, "echo hi") == "hi\n[exit 0]"
    assert server.engine.state(server.sandbox_of(chat)) == "running"


def test_given_docker_by_name_when_nothing_answers_then_it_is_not_replaced_and_the_error_names_the_engine(make_server, chat):
    server = make_server(on=ENGINES["docker"](), **everything() | {"DOCKER_SOCKET": NOTHING})
    assert chosen(server) == ["docker"]
    result = server.mcp(chat).bash_result("echo hi")
    assert result["isError"] and "engine" in result["content"][0]["text"]


def test_given_an_unknown_engine_when_serving_then_the_error_lists_the_known_ones(make_server, shared_server):
    told = shared_server.command("check-config", env={"ENGINE": "podman"})
    assert told.returncode == 1 and "ENGINE" in told.stdout + told.stderr
    assert all(name in told.stdout + told.stderr for name in ("auto", "docker", "native"))


@pytest.fixture(params=[("docker", "native"), ("native", "docker")], ids=lambda pair: "-".join(pair))
def moved(request, make_server, chat):
    """A server whose chat was begun on one engine and that now runs on the other."""
    first, second = (ENGINES[name]() for name in request.param)
    server = make_server(on=first)
    server.run(chat, "echo kept > note; mkdir -p deep/er; echo x > deep/er/file; chmod 700 deep; ln -s /etc/passwd link; "
                     "echo out > /mnt/user-data/outputs/report; echo tmp > /tmp/note")
    before = server.engine
    server.stop()
    before.remove(server.sandbox_of(chat))  # an engine that is no longer asked cannot be tidied up by the server
    server.use(second)
    server.start()
    return server


def test_given_a_chat_when_the_engine_is_another_then_its_files_are_kept_and_writable_and_the_news_are_told(moved, chat):
    text = moved.run(chat, "cat note deep/er/file /mnt/user-data/outputs/report; cat /tmp/note 2>/dev/null || echo gone")
    assert text.startswith("[Note: ") and text.endswith("kept\nx\nout\ngone\n[exit 0]"), text
    assert moved.run(chat, "echo more >> note; echo y > deep/er/new; echo o >> /mnt/user-data/outputs/report; rm link; "
                           "cat note; stat -c %U note deep/er/file deep /mnt/user-data/outputs/report | sort -u") == \
        "kept\nmore\nassistant\n[exit 0]"
    assert moved.engine.state(moved.sandbox_of(chat)) == "running"


def test_given_a_chat_when_the_engine_is_another_then_a_link_out_of_its_home_gave_nothing_away(moved, chat):
    assert moved.run(chat, "readlink link").endswith("/etc/passwd\n[exit 0]")
    assert os.stat("/etc/passwd").st_uid == 0
