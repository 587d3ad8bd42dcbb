# SPDX-License-Identifier: Apache-2.0
"""MCP Inspector on the command line: its lint of the tools, and what its exit codes say."""

import json

import pytest

from programs import MODULES, NODE_22, run

PROGRAM = MODULES / "@modelcontextprotocol" / "inspector" / "clients" / "launcher" / "build" / "index.js"


@pytest.fixture
def inspect(keyed_server, chat, tmp_path):
    def call(method, *options, key=keyed_server.key):
        return run([NODE_22, PROGRAM, "--cli", "--server-url", keyed_server.url, "--transport", "http", "--format", "json",
                    "--header", f"Authorization: Bearer {key}", "--header", f"X-Chat-Id: {chat}",
                    "--method", method, *options], tmp_path)

    return call


def call_of(command):
    return ["--tool-name", "bash_tool", "--tool-args-json", json.dumps({"command": command})]


def test_given_the_tools_when_the_strict_lint_reads_their_schemas_then_it_finds_nothing(inspect):
    done = inspect("tools/list", "--strict")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [tool["name"] for tool in json.loads(done.stdout)["result"]["tools"]] == ["bash_tool"]


@pytest.mark.parametrize("era", ["auto", "legacy"])
def test_given_an_era_when_a_tool_is_called_then_its_result_is_printed(inspect, era):
    done = inspect("tools/call", *call_of("echo hi"), "--protocol-era", era)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["result"]["content"] == [{"type": "text", "text": "hi\n[exit 0]"}]


def test_given_an_unknown_tool_when_it_is_called_then_the_exit_code_is_5(inspect):
    done = inspect("tools/call", "--tool-name", "no_such_tool", "--tool-args-json", "{}")
    assert done.returncode == 5 and "tool_not_found" in done.stderr


def test_given_a_failing_command_when_it_ends_then_the_exit_code_is_5_and_the_output_is_printed(inspect):
    done = inspect("tools/call", *call_of("echo oops; exit 3"))
    assert done.returncode == 5 and "tool_is_error" in done.stderr
    assert json.loads(done.stdout)["result"]["content"][0]["text"] == "oops\n[Exit code: 3]"


def test_given_a_wrong_key_when_tools_are_listed_then_it_says_that_a_login_is_needed(inspect):
    done = inspect("tools/list", key="wrong-key-0123456789abcdef")
    assert done.returncode == 3 and "auth_required" in done.stderr
