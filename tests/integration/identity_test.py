# SPDX-License-Identifier: Apache-2.0
"""Who gets which computer: key and chat id decide, and nothing that merely looks alike is mixed up."""

import pytest

ALICE = "alice-key-0123456789abcdef"
BOB = "bob-key-0123456789abcdef"


@pytest.fixture(scope="module")
def kept(shared_server):
    """A computer that somebody has left a file in."""
    shared_server.run("kept-chat", "echo mine > note")
    return shared_server


def chats_of(server):
    """How many computers there are, without the one that the server tries itself with."""
    return server.query("select count(*) from chats where tenant not like '~%'")[0][0]


def read_note(server, chat, **options):
    return server.run(chat, "cat note 2>/dev/null || echo nothing", **options)


def test_given_two_keys_when_both_use_one_chat_id_then_there_are_two_computers(make_server, chat):
    server = make_server(MCP_API_KEYS=f"alice:{ALICE},bob:{BOB}")
    server.run(chat, "echo alice > note", key=ALICE)
    assert read_note(server, chat, key=BOB) == "nothing\n[exit 0]"
    assert read_note(server, chat, key=ALICE) == "alice\n[exit 0]"
    assert server.sandbox_of(chat, "alice") != server.sandbox_of(chat, "bob")


def test_given_a_computer_when_its_key_is_rotated_then_the_new_key_finds_it_and_the_old_does_not(make_server, chat):
    server = make_server(MCP_API_KEYS=f"alice:{ALICE}")
    server.run(chat, "echo kept > note", key=ALICE)
    server.stop()
    server.settings["MCP_API_KEYS"] = "alice:" + BOB
    server.start()
    assert read_note(server, chat, key=BOB) == "kept\n[exit 0]"
    assert server.mcp(chat, ALICE).request("ping").status == 401
    assert chats_of(server) == 1


def test_given_a_chat_id_when_only_the_case_differs_then_it_is_the_same_computer(shared_server, chat):
    shared_server.run(f"{chat}-TEAM-1", "echo team > note")
    assert read_note(shared_server, f"{chat}-team-1") == "team\n[exit 0]"


def test_given_a_chat_id_when_a_colon_replaces_the_hyphen_then_it_is_another_computer(kept):
    assert read_note(kept, "kept:chat") == "nothing\n[exit 0]"


def test_given_open_webuis_header_when_it_names_the_chat_then_it_is_that_chats_computer(kept):
    assert kept.mcp(None, None, **{"X-OpenWebUI-Chat-Id": "kept-chat"}).bash("cat note") == "mine\n[exit 0]"


def test_given_both_headers_when_the_plain_one_is_empty_then_the_other_counts(kept):
    client = kept.mcp("", None, **{"X-OpenWebUI-Chat-Id": "kept-chat"})
    assert client.bash("cat note") == "mine\n[exit 0]"


@pytest.mark.parametrize("bad", ["a/b", "..", "a\\b", "x" * 129, "tab\there"])
def test_given_a_chat_id_that_is_none_when_it_is_sent_then_the_call_is_refused_as_json_rpc(shared_server, bad):
    answer = shared_server.mcp(bad).request("tools/call", {"name": "bash_tool", "arguments": {"command": "true"}})
    assert answer.status == 400 and "chat" in answer.error()["message"].lower()


@pytest.mark.parametrize("given", [None, "", "default"])
def test_given_lenient_mode_when_no_chat_is_named_then_the_shared_computer_answers_and_says_so(shared_server, given):
    text = shared_server.run(given, "echo hi")
    assert text.startswith("hi\n") and text.endswith("\n[exit 0]")
    assert "SINGLE_USER_MODE" in text and "X-Chat-Id" in text


def test_given_lenient_mode_when_a_chat_is_named_then_there_is_no_note(shared_server, chat):
    assert "SINGLE_USER_MODE" not in shared_server.run(chat, "echo hi")


def test_given_strict_mode_when_no_chat_is_named_then_the_error_says_what_is_required(make_server, chat):
    server = make_server(SINGLE_USER_MODE="false")
    for given in (None, "", "default"):
        result = server.mcp(given).bash_result("echo hi")
        assert result["isError"] and "X-Chat-Id header is required" in result["content"][0]["text"]
    assert chats_of(server) == 0
    assert server.run(chat, "echo hi") == "hi\n[exit 0]"


def test_given_single_mode_when_chats_are_named_then_all_share_one_computer_without_a_note(make_server, chat):
    server = make_server(SINGLE_USER_MODE="true")
    assert server.run(chat, "echo one > note") == "[No output]\n[exit 0]"
    assert server.run(chat + "-other", "cat note") == "one\n[exit 0]"
    assert server.run(None, "cat note") == "one\n[exit 0]"
    assert chats_of(server) == 1
