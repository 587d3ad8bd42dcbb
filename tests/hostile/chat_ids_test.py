# SPDX-License-Identifier: Apache-2.0
"""Chat ids are attacker input (C03): each is a computer of its own or refused, and none reaches a path or a name."""

import os
import re

import pytest

from harness.only import LABELS

REFUSED = ["..", "a/../b", "a/b", "a\\b", "x" * 300, "a..b", "tab\there"]
DISTINCT = ["team:1", "team-1", "team_1", "team.1", "team 1", "team%2f1", "$(id)", "`id`", ";reboot", "-rf", "'quote'", "a@b"]


@pytest.mark.parametrize("chat", REFUSED)
def test_given_an_id_that_is_not_allowed_when_called_then_it_is_400_and_nothing_is_made(shared_server, chat):
    before = set(shared_server.storage_ids())
    answer = shared_server.mcp(chat).call("bash_tool", {"command": "true"})
    assert answer.status == 400
    assert "error" in answer.messages()[0]
    assert set(shared_server.storage_ids()) == before


def test_given_ids_that_look_alike_when_called_then_each_has_its_own_computer(shared_server):
    for number, chat in enumerate(DISTINCT):
        assert shared_server.run(chat, f"echo {number} > mine; cat mine").startswith(str(number))
    for number, chat in enumerate(DISTINCT):
        assert shared_server.run(chat, "cat mine").startswith(str(number)), chat


def test_given_case_and_space_around_it_when_called_then_it_is_the_same_computer(shared_server):
    shared_server.run("Mixed-Case", "touch here")
    assert "here" in shared_server.run("  mixed-case ", "ls")


def test_given_any_id_when_files_and_sandboxes_are_named_then_only_storage_ids_are_used(shared_server):
    shared_server.run("no:footprint?of#me", "true")
    names = [name for folder, folders, files in os.walk(shared_server.data_root) for name in folders + files
             if "/home" not in folder]
    assert not any("footprint" in name for name in names)
    assert shared_server.sandboxes()
    for sandbox in shared_server.sandboxes():
        assert re.fullmatch(r"cus-[0-9a-f]{32}", sandbox)
        assert "footprint" not in shared_server.engine.description(sandbox)


@LABELS
def test_given_a_sandbox_when_its_labels_are_read_then_there_are_three_and_none_names_the_chat(shared_server, chat):
    shared_server.run(chat, "true")
    labels = shared_server.engine.inspect(shared_server.sandbox_of(chat))["Config"]["Labels"]
    assert {name for name in labels if name.startswith("cus.")} == {"cus.instance", "cus.schema", "cus.storage"}
    assert chat not in str(labels)
