# SPDX-License-Identifier: Apache-2.0
"""What code inside finds of the world around it (F10): the same golden answers on every engine."""

import json
import pathlib

import pytest

import posture_golden as golden


@pytest.fixture(scope="module")
def found(shared_server, engine):
    code = pathlib.Path(__file__).with_name("posture_script.py").read_text(encoding="utf-8")
    text = shared_server.run("posture", f"python3 - <<'PROGRAM'\n{code}\nPROGRAM")
    assert text.endswith("\n[exit 0]"), text
    return json.loads(text.splitlines()[0])


@pytest.fixture(scope="module")
def expected(engine):
    """The golden answers of this engine: {topic: {name: answer}} or {topic: answer}."""
    answers = {topic: dict(answer) if isinstance(answer, dict) else answer for topic, answer in golden.SAME.items()}
    for where, reason, by_engine in golden.DIFFERENT:
        assert reason and set(by_engine) == {"docker", "native"}, where
        topic, _, name = where.partition("/")
        if name:
            answers[topic][name] = by_engine[engine.name]
        else:
            answers[topic] = by_engine[engine.name]
    return answers


def agrees(answer, wanted):
    return answer in wanted if isinstance(wanted, set) else answer == wanted


def test_given_a_sandbox_when_code_looks_around_then_every_answer_is_the_golden_one(found, expected):
    for topic, wanted in expected.items():
        if isinstance(wanted, dict):
            wrong = {name: found[topic].get(name) for name in wanted | found[topic]
                     if not agrees(found[topic].get(name), wanted.get(name))}
            assert wrong == {}, topic
        else:
            assert agrees(found[topic], wanted), (topic, found[topic])
    assert set(found) == set(expected) | {"mounts"}


def test_given_a_sandbox_when_its_mounts_are_listed_then_there_are_no_others_than_the_contract_and_the_engines(found, engine):
    mounts = found["mounts"]
    for target, kind in golden.MOUNTS.items():
        assert mounts[target].startswith(kind), (target, mounts[target])
    allowed = golden.ONLY_MOUNTED[engine.name] | golden.BOTH_WAYS
    others = [target for target in mounts if target not in golden.MOUNTS and target not in allowed]
    assert [target for target in others if not target.startswith("/sys/fs/cgroup/")] == []
    writable = {target for target, kind in mounts.items() if kind.startswith("rw directory")} - set(found["devices"])
    assert writable == {"/home/assistant", "/mnt/user-data/outputs"}
