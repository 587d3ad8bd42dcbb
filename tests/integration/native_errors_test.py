# SPDX-License-Identifier: Apache-2.0
"""What the native engine needs and does not find: a typed error that says what to do, and healing once it is done."""

import json
import os
import shutil
import tempfile

import pytest

from harness.only import FAULTS_OF_BUBBLEWRAP

pytestmark = FAULTS_OF_BUBBLEWRAP


def refused(server, chat):
    """The error of a call in a chat of its own."""
    result = server.mcp(chat).bash_result("echo hi")
    text = result["content"][0]["text"]
    assert result["isError"] and text.startswith("Error: ") and len(text) < 600, result
    return text


def heals(server, chat):
    assert server.run(chat, "echo hi").endswith("hi\n[exit 0]")


def put_program(path, text):
    """A program that sandboxes' users may run."""
    with open(f"{path}.new", "w", encoding="ascii") as file:
        file.write(text)
    os.chmod(f"{path}.new", 0o755)
    os.rename(f"{path}.new", path)


@pytest.fixture
def place():
    """A directory that everybody may pass."""
    path = tempfile.mkdtemp(prefix="cus-bwrap.", dir="/tmp")
    os.chmod(path, 0o755)
    yield path
    shutil.rmtree(path)


def test_given_no_bubblewrap_when_a_chat_begins_then_the_error_says_what_to_install_and_the_next_call_heals(
        make_server, chat, place):
    server = make_server(NATIVE_BWRAP=f"{place}/bwrap")
    text = refused(server, chat)
    assert "bubblewrap" in text and "Install" in text and "NATIVE_BWRAP" in text, text
    os.symlink(shutil.which("bwrap"), f"{place}/bwrap")
    heals(server, chat)


@pytest.mark.parametrize("says, wanted", [
    ("echo bubblewrap 0.4.0", ("0.4.0", "0.8")),
    ("echo bubblewrap 0.7.9", ("0.7.9", "0.8")),
    ("echo flatpak 1.14", ("bubblewrap", "NATIVE_BWRAP")),
    ("exit 1", ("bubblewrap", "NATIVE_BWRAP")),
    ("sleep 30", ("bubblewrap", "NATIVE_BWRAP")),
], ids=["old", "a-little-old", "another", "silent", "hanging"])
def test_given_a_bubblewrap_that_will_not_do_when_a_chat_begins_then_the_error_says_why_and_the_next_call_heals(
        make_server, chat, place, says, wanted):
    put_program(f"{place}/bwrap", f"#!/bin/sh\n{says}\n")
    server = make_server(NATIVE_BWRAP=f"{place}/bwrap")
    text = refused(server, chat)
    assert all(word in text for word in wanted), text
    told = server.command("doctor")
    assert told.returncode == 1 and all(word in told.stdout for word in wanted), told.stdout
    put_program(f"{place}/bwrap", f"#!/bin/sh\nexec {shutil.which('bwrap')} \"$@\"\n")
    heals(server, chat)


def test_given_no_image_when_a_chat_begins_then_the_error_says_how_to_build_it_and_the_next_call_heals(make_server, chat, place):
    server = make_server(IMAGES_DIR=place)
    text = refused(server, chat)
    assert "core" in text and "image build" in text, text
    os.symlink(os.path.realpath(os.path.join(os.environ["CUS_IMAGES_DIR"], "core")), f"{place}/core")
    heals(server, chat)


@pytest.mark.parametrize("name", ["../core", "/etc", ".", "core/../core"])
def test_given_an_image_name_that_is_a_path_when_a_chat_begins_then_it_is_no_image(make_server, chat, name):
    server = make_server()
    server.stop()
    told = server.command("doctor", env={"NATIVE_IMAGE": name})
    assert told.returncode != 0 and ("NATIVE_IMAGE" in told.stdout + told.stderr), told.stdout + told.stderr


def test_given_one_host_user_when_a_second_chat_begins_then_the_error_names_the_range_and_room_heals_it(make_server, chat):
    server = make_server(SANDBOX_UID_COUNT="1")
    server.event_wait("probe.ok")
    server.run(chat, "echo kept > note")
    text = refused(server, chat + "-second")
    assert "SANDBOX_UID_COUNT" in text and "sandboxes rm" in text, text
    assert server.run(chat, "cat note") == "kept\n[exit 0]"
    assert server.command("sandboxes", "rm", chat, "--files").returncode == 0
    heals(server, chat + "-second")


def test_given_a_data_root_that_others_cannot_pass_when_a_chat_begins_then_the_error_says_so_and_the_next_call_heals(
        make_server, chat):
    server = make_server()
    os.chmod(server.home, 0o700)
    text = refused(server, chat)
    assert "data root" in text and "chmod" in text, text
    os.chmod(server.home, 0o711)
    heals(server, chat)


@pytest.mark.parametrize("name, value", [("SANDBOX_NETWORK", "bridge"), ("SANDBOX_RUNTIME", "runsc")])
def test_given_a_setting_that_needs_docker_when_a_chat_begins_then_the_error_names_it_and_the_other_engine(
        make_server, chat, name, value):
    text = refused(make_server(**{name: value}), chat)
    assert name in text and "ENGINE=docker" in text, text


@pytest.mark.parametrize("name", ["spec.json", "run.json"])
@pytest.mark.parametrize("damage", ["", "{", "[]", '{"pid": 1}', "null", "\0" * 100], ids=["empty", "cut", "list", "other", "null", "nul"])
def test_given_a_damaged_record_when_a_call_comes_then_the_chat_heals_with_its_files(make_server, chat, name, damage):
    server = make_server()
    server.run(chat, "echo kept > note")
    sandbox = server.sandbox_of(chat)
    server.stop()
    server.engine.kill(sandbox)
    with open(f"{server.engine.directory(sandbox)}/{name}", "w", encoding="ascii") as file:
        file.write(damage)
    server.start()
    assert server.run(chat, "cat note").endswith("kept\n[exit 0]")
    assert json.loads(server.command("sandboxes", "list", "--json").stdout)
