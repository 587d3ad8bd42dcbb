# SPDX-License-Identifier: Apache-2.0
"""A chat's home and outputs have a limit together (CONTAINER_DISK_LIMIT)."""

FILL = "for i in $(seq 300); do dd if=/dev/zero of={where}/part-$i bs=1M count=4 status=none; sleep 0.1; done; echo all"


def test_given_a_command_that_writes_beyond_the_limit_when_it_runs_then_it_is_stopped_and_told_what_to_do(make_server):
    server = make_server(CONTAINER_DISK_LIMIT="40m")
    for where in (".", "/mnt/user-data/outputs"):
        text = server.run("full", FILL.format(where=where))
        assert "stopped: disk limit of 40 MiB: delete files in /home/assistant" in text, text
        used = int(server.run("full", f"du -sm {where} | cut -f1").split()[0])
        assert 40 <= used < 300, f"{used} MiB"
        assert server.run("full", f"rm -f {where}/part-*; ls {where} | wc -l").endswith("0\n[exit 0]")


def test_given_a_chat_over_its_limit_when_it_reads_and_another_one_writes_then_both_may(make_server):
    server = make_server(CONTAINER_DISK_LIMIT="40m")
    assert "disk limit" in server.run("full", FILL.format(where="."))
    assert server.run("full", "sleep 3; ls part-1") == "part-1\n[exit 0]"
    assert server.run("other", "dd if=/dev/zero of=some bs=1M count=20 status=none; sleep 3; echo on") == "on\n[exit 0]"


def test_given_what_a_command_left_running_when_it_fills_the_disk_then_it_is_ended_too(make_server):
    server = make_server(CONTAINER_DISK_LIMIT="40m")
    server.run("left", f"({FILL.format(where='.')}) >/dev/null 2>&1 & echo begun")
    assert server.event_wait("sandbox.disk_limit")
    assert server.run("left", "sleep 1; pgrep -c dd; pgrep -fc 'part-'; :").splitlines()[0] == "0"
