# SPDX-License-Identifier: Apache-2.0
"""bash_tool over MCP, in a real sandbox."""


def test_given_a_new_chat_when_a_command_runs_then_its_output_and_exit_are_told(shared_server, chat):
    assert shared_server.run(chat, "echo hi; pwd") == "hi\n/home/assistant\n[exit 0]"


def test_given_output_and_a_failure_when_it_ends_then_the_code_is_never_hidden(shared_server, chat):
    result = shared_server.mcp(chat).bash_result("echo partial; exit 7")
    assert result["isError"] is True
    assert result["content"][0]["text"] == "partial\n[Exit code: 7]"
    assert result["_meta"]["exit_code"] == 7


def test_given_stdout_and_stderr_when_both_are_written_then_the_order_is_exact(shared_server, chat):
    text = shared_server.run(chat, "for i in 1 2 3; do echo out$i; echo err$i >&2; done")
    assert text == "out1\nerr1\nout2\nerr2\nout3\nerr3\n[exit 0]"


def test_given_a_child_that_stays_when_the_shell_ends_then_the_call_ends_and_the_child_lives(shared_server, chat):
    result = shared_server.mcp(chat).bash_result("sleep 300 & echo hi")
    assert "hi" in result["content"][0]["text"] and "sleep" in result["content"][0]["text"]
    assert result["_meta"]["duration_ms"] < 1000
    assert "sleep 300" in shared_server.run(chat, "pgrep -a sleep")
