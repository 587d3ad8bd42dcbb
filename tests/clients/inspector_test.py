# SPDX-License-Identifier: Apache-2.0
"""MCP Inspector on the command line, in each era: its lint of the tools, its load mode, and what its exit codes say."""

import pytest

from roster import INSPECTORS, MODERN

pytestmark = pytest.mark.parametrize("client", INSPECTORS)


def text(step):
    return step["result"]["content"][0]["text"]


def test_given_an_era_when_the_inspector_asks_for_it_then_it_gets_it(client, visit):
    assert visit.version() == ("2026-07-28" if client in MODERN else "2025-11-25")


def test_given_the_tools_when_the_strict_lint_reads_their_schemas_then_it_finds_nothing(visit):
    assert visit.seen["strict"]["code"] == 0, visit.seen["strict"]["said"]
    assert [tool["name"] for tool in visit.seen["list"]["result"]["tools"]] == ["bash_tool"]


def test_given_a_command_when_it_ends_then_its_result_is_printed(visit):
    assert visit.seen["call"]["code"] == 0 and text(visit.seen["call"]) == "hi\nassistant\n[exit 0]"


def test_given_a_command_that_prints_when_no_progress_is_asked_for_then_only_its_end_is_told(visit):
    assert text(visit.seen["progress"]) == "part 1\npart 2\npart 3\n[exit 0]"
    assert not visit.wants_progress()


def test_given_a_running_command_when_the_inspector_is_interrupted_then_what_its_era_makes_of_a_lost_stream_happens(client, visit):
    # Only in the newer era is that a cancellation; here the Inspector sends none.
    assert visit.asked("notifications/cancelled") == []
    if client in MODERN:
        assert visit.seen["cancel"]["gone_after_ms"] < 5000
    else:
        assert visit.seen["cancel"] == {"goes_on": True}


def test_given_a_failing_command_when_it_ends_then_the_exit_code_is_5_and_the_output_is_printed(visit):
    step = visit.seen["failing-command"]
    assert step["code"] == 5 and "tool_is_error" in step["said"] and text(step) == "oops\n[Exit code: 3]"


def test_given_a_bad_argument_when_the_tool_is_called_then_it_prints_what_to_write(visit):
    step = visit.seen["bad-argument"]
    assert step["code"] == 5 and text(step).startswith('Error: The argument "command"')


def test_given_an_unknown_tool_when_it_is_called_then_the_exit_code_is_5(visit):
    assert visit.seen["unknown-tool"]["code"] == 5 and "tool_not_found" in visit.seen["unknown-tool"]["said"]


def test_given_a_wrong_key_when_tools_are_listed_then_it_says_that_a_login_is_needed(visit):
    assert visit.seen["wrong-key"]["code"] == 3 and "auth_required" in visit.seen["wrong-key"]["said"]


def test_given_8_calls_at_once_when_40_are_made_then_all_succeed(visit):
    step = visit.seen["load"]
    assert step["code"] == 0 and step["result"]["ok"] == 40 and step["result"]["errorRate"] == 0
