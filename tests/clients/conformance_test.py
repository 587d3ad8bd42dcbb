# SPDX-License-Identifier: Apache-2.0
"""The official conformance suite, for revision 2025-11-25, on a server without a key since the suite has none to send.

Run are those of its scenarios that every server of that revision must pass. Left out are
- what needs resources, prompts, completion, logging or subscriptions: resources-*, prompts-*, completion-complete,
  logging-set-level. The server does not declare these capabilities;
- what needs a tool of the suite's own: tools-call-*, elicitation-*, json-schema-2020-12."""

import json

import pytest

from programs import MODULES, NODE_22, run

PROGRAM = MODULES / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"


@pytest.fixture
def checks(shared_server, tmp_path):
    """{check: status} of a scenario, without those that only inform."""

    def call(scenario):
        done = run([NODE_22, PROGRAM, "server", "--url", shared_server.url, "--scenario", scenario,
                    "--spec-version", "2025-11-25", "--output-dir", tmp_path / "out"], tmp_path)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        report = next((tmp_path / "out").glob(f"server-{scenario}-*/checks.json"))
        found = json.loads(report.read_text(encoding="utf-8"))
        return {check["id"]: check["status"] for check in found}

    return call


@pytest.mark.parametrize("scenario, passed", [
    ("server-initialize", {"server-initialize", "wire-schema-valid"}),
    ("ping", {"ping", "wire-schema-valid"}),
    ("tools-list", {"tools-list", "tools-name-format", "wire-schema-valid"}),
    ("dns-rebinding-protection", {"localhost-host-rebinding-rejected", "localhost-host-valid-accepted"}),
])
def test_given_a_scenario_for_every_server_when_it_is_run_then_all_of_it_passes(checks, scenario, passed):
    found = checks(scenario)
    assert {name for name, status in found.items() if status == "SUCCESS"} == passed
    assert set(found.values()) <= {"SUCCESS", "INFO"}


def test_given_no_sessions_when_their_life_cycle_is_asked_for_then_the_suite_sees_a_server_without(checks):
    assert checks("server-session-lifecycle") == {"server-session-lifecycle-skipped": "INFO"}


@pytest.mark.parametrize("scenario, warning", [
    ("server-sse-multiple-streams", "server-sse-multiple-streams-session"),
    ("server-sse-polling", "server-sse-polling-session"),
])
def test_given_no_sessions_when_streams_are_asked_for_then_the_only_warning_is_that_there_is_none(checks, scenario, warning):
    found = checks(scenario)
    assert {name for name, status in found.items() if status not in ("SUCCESS", "INFO")} == {warning}
    assert found[warning] == "WARNING"
