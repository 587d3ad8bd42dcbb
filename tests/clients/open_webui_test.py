# SPDX-License-Identifier: Apache-2.0
"""An unpatched Open WebUI with a scripted model, in each of its three ways to tell the chat's id."""

import pytest

from open_webui_visit import WAYS
from roster import MODERN, OPEN_WEBUI

pytestmark = pytest.mark.parametrize("client", OPEN_WEBUI)


@pytest.fixture
def seen(visit):
    return visit.seen


@pytest.fixture
def chat_header(client):
    return WAYS[client.split(", ")[1]][2]


def chats_of(step, header):
    """The chat ids that a step's requests carry."""
    return {request["headers"].get(header) for request in step["requests"]}


def test_given_the_era_it_asks_for_when_it_connects_then_it_gets_it(client, visit):
    assert visit.asked("server/discover")
    assert visit.version() == ("2026-07-28" if client in MODERN else "2025-11-25")


def test_given_no_chat_when_the_verify_button_is_pressed_then_it_lists_the_tools(seen, chat_header):
    assert seen["verify"]["status"] == 200 and seen["verify"]["answer"]["status"] is True
    assert [tool["name"] for tool in seen["verify"]["answer"]["specs"]] == ["bash_tool"]
    assert chats_of(seen["verify"], chat_header) <= {None, ""}


def test_given_no_chat_when_the_dialog_of_tools_opens_then_it_lists_the_tools(seen, chat_header):
    assert seen["list"]["tools"] == ["bash_tool"]
    assert chats_of(seen["list"], chat_header) <= {None, ""}


def test_given_a_turn_when_the_model_calls_bash_tool_then_its_next_request_holds_the_result(seen):
    assert seen["call"]["one"]["shown"] == ["one\nassistant\n[exit 0]"]
    assert seen["call"]["one"]["message"]["content"] == "The tool says: one\nassistant\n[exit 0]"


def test_given_a_turn_when_it_asks_the_server_then_every_request_carries_the_chats_id(seen, chat_header):
    assert chats_of(seen["call"], chat_header) == {seen["call"]["one"]["chat"], seen["call"]["two"]["chat"]}


def test_given_two_chats_when_both_run_commands_then_each_has_a_sandbox_of_its_own(seen):
    assert len(set(seen["call"]["sandboxes"])) == 2
    assert "No such file" in seen["call"]["two"]["shown"][0]


def test_given_a_chat_when_its_next_turn_runs_then_it_finds_its_files(seen):
    assert seen["call"]["again"]["shown"] == ["one\n[exit 0]"]


def test_given_a_temporary_chat_with_a_colon_in_its_id_when_a_command_runs_then_it_has_a_sandbox_too(seen, chat_header):
    assert seen["temporary"]["shown"] == ["hi\n[exit 0]"] and seen["temporary"]["sandbox"]
    assert chats_of(seen["temporary"], chat_header) == {seen["temporary"]["chat"]}


def test_given_a_running_command_when_the_person_presses_stop_then_it_is_dead_within_5_s(seen):
    assert seen["cancel"]["gone_after_ms"] < 5000
    assert seen["cancel"]["message"]["done"]


def test_given_a_failing_command_when_it_ends_then_the_model_is_shown_its_output_as_an_error(seen):
    assert "oops\\n[Exit code: 3]" in seen["failing-command"]["shown"][0]
    assert seen["failing-command"]["message"]["output"][0]["status"] == "failed"


def test_given_a_bad_argument_when_the_tool_is_called_then_the_model_is_told_what_to_write(seen):
    assert "must be one string of shell text" in seen["bad-argument"]["shown"][0]


def test_given_output_that_looks_like_json_when_it_is_shown_then_no_digit_is_lost(seen):
    assert seen["no-json"]["shown"] == ["0.10\n[exit 0]"]


def test_given_a_wrong_key_when_it_connects_then_the_person_sees_it_and_the_chat_goes_on_without_tools(seen):
    step = seen["wrong-key"]
    assert step["verify"][0] == 400
    assert step["message"]["statusHistory"][0]["error"] and step["message"]["content"] == "There is no bash_tool."


def test_given_no_wish_for_progress_when_a_tool_is_called_then_none_is_sent(visit):
    assert not visit.wants_progress()
