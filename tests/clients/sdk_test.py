# SPDX-License-Identifier: Apache-2.0
"""Programs made with the official SDKs and FastMCP, and a desktop client behind mcp-remote: each goes through the same steps."""

import pytest

from roster import MODERN, SDKS

# The command has a limit of its own.
GIVES_UP_SILENTLY = {"Python SDK 1.27.2"}

pytestmark = pytest.mark.parametrize("client", SDKS)


@pytest.fixture
def seen(visit):
    assert visit.server.sandbox_of(visit.chat)
    return visit.seen


def text(result):
    assert [block["type"] for block in result["content"]] == ["text"], result
    return result["content"][0]["text"]


def test_given_a_client_when_it_connects_then_both_agree_on_a_version_and_it_reads_the_instructions(client, visit, seen):
    start = seen["initialize"]
    assert start["server"]["name"] == "computer-use-server" and "/home/assistant" in start["instructions"]
    version = "2026-07-28" if client in MODERN else "2025-11-25"
    assert visit.version() == version
    assert start.get("version", version) == version


def test_given_a_connection_when_tools_are_listed_then_bash_tool_is_there(seen):
    assert seen["list"]["tools"] == ["bash_tool"]


def test_given_a_command_when_it_ends_then_its_output_and_the_facts_on_it_arrive(seen):
    result = seen["call"]["result"]
    assert text(result) == "hi\nassistant\n[exit 0]" and not result["isError"]
    assert result["_meta"]["exit_code"] == 0 and "structuredContent" not in result


def test_given_a_command_that_prints_when_progress_is_asked_for_then_it_rises_and_shows_the_output(seen):
    notes = seen["progress"]["notes"]
    values = [note["progress"] for note in notes]
    assert notes and all(a < b for a, b in zip(values, values[1:]))
    assert any("part 2" in note["message"] for note in notes)
    assert seen["progress"]["text"] == "part 1\npart 2\npart 3\n[exit 0]"


def test_given_a_running_command_when_the_client_cancels_as_its_era_says_then_it_is_dead_within_5_s(client, seen):
    assert seen["cancel"]["gone_after_ms"] < 5000, seen["cancel"]


def test_given_a_client_with_a_time_limit_when_it_gives_up_then_the_command_is_dead_within_5_s_if_it_says_so(client, seen):
    step = seen["timeout"]
    assert step["call"] == "rejected" and step["began"]
    if client in GIVES_UP_SILENTLY:
        assert step["goes_on"]
    else:
        assert step["gone_after_ms"] < 5000


def test_given_a_failing_command_when_it_ends_then_the_result_is_an_error_with_its_output(seen):
    result = seen["failing-command"]["result"]
    assert result["isError"] and text(result) == "oops\n[Exit code: 3]" and result["_meta"]["exit_code"] == 3


def test_given_a_bad_argument_when_the_tool_is_called_then_the_result_tells_the_model_what_to_write(seen):
    result = seen["bad-argument"]["result"]
    assert result["isError"] and text(result).startswith('Error: The argument "command"')


def test_given_an_unknown_tool_when_it_is_called_then_the_client_raises_and_the_next_call_works(seen):
    error = seen["unknown-tool"]["error"]
    assert error["code"] == -32602 and "no_such_tool" in error["message"]
    assert "error" not in seen["large-output"]


def test_given_two_megabytes_of_output_when_they_are_printed_then_a_short_text_arrives_that_names_the_file(seen):
    result = seen["large-output"]["result"]
    assert result["_meta"]["truncated"] and result["_meta"]["bytes"] > 1_900_000
    assert len(text(result)) < 31_000 and result["_meta"]["spool"] in text(result) and text(result).endswith("\n[exit 0]")


def test_given_a_call_that_becomes_a_stream_when_it_ends_then_its_answer_arrives(seen):
    assert seen["slow-call"]["text"] == "slow\n[exit 0]"


def test_given_a_client_when_it_closes_then_that_is_no_error(seen):
    assert seen["close"] == {"closed": True}
