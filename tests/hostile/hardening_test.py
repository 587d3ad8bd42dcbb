# SPDX-License-Identifier: Apache-2.0
"""How the two programs were built (N04), as readelf sees it."""

import os
import subprocess

import pytest

PROGRAMS = {"server": "CUS_SERVER", "guest": "CUS_GUEST"}


def readelf(program, *options):
    return subprocess.run(["readelf", "-W", *options, os.environ[PROGRAMS[program]]], capture_output=True, text=True,
                          check=True).stdout


@pytest.mark.parametrize("program", PROGRAMS)
def test_given_a_program_when_read_then_it_is_position_independent(program):
    assert "DYN" in next(line for line in readelf(program, "-h").splitlines() if "Type:" in line)


@pytest.mark.parametrize("program", PROGRAMS)
def test_given_a_program_when_read_then_relocations_are_read_only_and_bound_at_start(program):
    assert "GNU_RELRO" in readelf(program, "-l")
    dynamic = readelf(program, "-d")
    assert "BIND_NOW" in dynamic or "NOW" in dynamic


@pytest.mark.parametrize("program", PROGRAMS)
def test_given_a_program_when_read_then_no_segment_is_writable_and_executable(program):
    rows = [line.split() for line in readelf(program, "-l").splitlines() if line.strip().startswith(("LOAD", "GNU_STACK"))]
    assert rows
    for row in rows:
        flags = "".join(field for field in row[6:-1])
        assert not ("W" in flags and "E" in flags), row


@pytest.mark.parametrize("program", PROGRAMS)
def test_given_a_program_when_read_then_stacks_are_guarded(program):
    assert "__stack_chk_fail" in readelf(program, "-s")


def test_given_the_server_when_read_then_library_calls_are_fortified():
    symbols = readelf("server", "-s")
    assert any(name in symbols for name in ("__memcpy_chk", "__read_chk", "__snprintf_chk", "__vsnprintf_chk", "__memmove_chk"))


def test_given_the_guest_when_looked_at_then_it_is_static_and_small():
    assert "INTERP" not in readelf("guest", "-l")
    stripped = os.path.join(os.environ["CUS_BUILD_DIR"], "guest-stripped")
    subprocess.run(["objcopy", "--strip-all", os.environ["CUS_GUEST"], stripped], check=True)
    assert os.path.getsize(stripped) < 4 << 20
