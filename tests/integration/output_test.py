# SPDX-License-Identifier: Apache-2.0
"""Output of every size: whole when it is short, head and tail and a file when it is long; never broken text."""


def test_given_long_output_when_it_ends_then_head_tail_and_the_file_with_all_of_it_are_told(shared_server, chat):
    result = shared_server.mcp(chat).bash_result("seq 100000")
    text, meta = result["content"][0]["text"], result["_meta"]
    assert text.startswith("1\n2\n3\n") and text.endswith("\n100000\n[exit 0]")
    assert "truncated" in text and meta["truncated"] and meta["spool"] in text
    assert 30_000 <= len(text) < 31_000 and meta["bytes"] == 588895
    assert shared_server.run(chat, f"wc -c < {meta['spool']}; sed -n 50000p {meta['spool']}") == "588895\n50000\n[exit 0]"


def test_given_output_of_exactly_the_limit_when_it_ends_then_it_is_whole(shared_server, chat):
    text = shared_server.run(chat, "head -c 30000 /dev/zero | tr '\\0' x")
    assert text == "x" * 30_000 + "\n[exit 0]"


def test_given_characters_of_many_bytes_when_they_are_cut_then_none_is_broken(shared_server, chat):
    text = shared_server.run(chat, "python3 -c 'print(\"\\U0001F600\" * 200000)'")
    assert "\ufffd" not in text and text.count("\U0001F600") == 30_000 - 1  # the last line has its line feed


def test_given_bytes_that_are_no_text_when_they_are_printed_then_the_answer_is_valid_and_ends_right(shared_server, chat):
    text = shared_server.run(chat, "head -c 5000 /dev/urandom; printf '\\xff\\xfe\\0\\n'")
    assert text.endswith("\n[exit 0]") and "\ufffd" in text


def test_given_a_flood_when_its_limit_ends_it_then_the_answer_is_short_and_the_next_call_works(shared_server, chat):
    result = shared_server.mcp(chat).bash_result("yes", timeout_seconds=2)
    assert result["_meta"]["timed_out"] and len(result["content"][0]["text"]) < 31_000
    assert shared_server.run(chat, "echo fine") == "fine\n[exit 0]"


def test_given_a_command_of_1_mib_when_it_runs_then_all_of_it_arrives(shared_server, chat):
    text = "x" * (1 << 20)
    assert shared_server.run(chat, f"cat > big <<'END'\n{text}\nEND\nwc -c < big") == f"{len(text) + 1}\n[exit 0]"


def test_given_many_lines_and_quotes_when_they_run_then_the_shell_sees_them_as_written(shared_server, chat):
    assert shared_server.run(chat, "set -- 'a  b' \"c'd\"\nfor x in \"$@\"; do\n  echo \"<$x>\"\ndone") == \
        "<a  b>\n<c'd>\n[exit 0]"


def test_given_soft_codes_when_nothing_is_found_then_it_is_no_error(shared_server, chat):
    result = shared_server.mcp(chat).bash_result("grep nothing /etc/passwd")
    assert not result["isError"] and result["content"][0]["text"].endswith("[exit 1: No matches found]")
