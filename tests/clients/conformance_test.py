# SPDX-License-Identifier: Apache-2.0
"""The official conformance suite, in both frozen revisions, on servers without a key since the suite has none to send.

Most of its scenarios call tools, prompts and resources of the suite's own, so one server has them (--mcp-conformance-fixtures).
What every server must do is run once more on one without. What may fail is in conformance-REVISION.yml, line by line with the reason."""

import json
import re

import pytest

from harness.server import Server
from programs import HERE, MODULES, NODE_22, run

SUITE = MODULES / "@modelcontextprotocol" / "conformance"
PROGRAM = SUITE / "dist" / "index.js"
REVISIONS = ("2025-11-25", "2026-07-28")
# {revision: {check: why it does not apply}}
INAPPLICABLE = {"2025-11-25": {}, "2026-07-28": {}}
FOR_EVERY_SERVER = [
    ("2025-11-25", scenario) for scenario in
    ("server-initialize", "server-session-lifecycle", "ping", "tools-list", "dns-rebinding-protection", "server-sse-multiple-streams")
] + [
    ("2026-07-28", scenario) for scenario in
    ("tools-list", "dns-rebinding-protection", "server-sse-multiple-streams", "http-header-validation",
     "input-required-result-unsupported-methods", "input-required-result-validate-input")
]


@pytest.fixture(scope="module")
def fixture_server(engine):
    server = Server(engine, {})
    server.arguments = ["--mcp-conformance-fixtures"]
    server.start()
    yield server
    server.discard()


def baseline(revision):
    return HERE / f"conformance-{revision}.yml"


def entries(revision):
    """(scenario, reason) of each line."""
    lines = [line for line in baseline(revision).read_text(encoding="utf-8").splitlines() if line.startswith("  - ")]
    return [re.fullmatch(r"  - (\S+)\s*(?:# (.*))?", line).groups() for line in lines]


def reports(folder):
    """{scenario: [check, ...]}"""
    return {re.fullmatch(r"server-(.*)-\d{4}-\d\d-\d\dT[-\dZ]+", path.parent.name).group(1): json.loads(path.read_text(encoding="utf-8"))
            for path in folder.glob("server-*/checks.json")}


@pytest.fixture(scope="module", params=REVISIONS)
def revision(request):
    return request.param


@pytest.fixture(scope="module")
def result(fixture_server, revision, tmp_path_factory):
    """(the finished process, {scenario: checks}) of all of a revision's scenarios."""
    home = tmp_path_factory.mktemp(revision)
    done = run([NODE_22, PROGRAM, "server", "--url", fixture_server.url, "--suite", "all", "--spec-version", revision,
                "--expected-failures", baseline(revision), "--output-dir", home / "out"], home, 240)
    return done, reports(home / "out")


def test_given_the_official_suite_when_all_of_a_revision_runs_then_only_what_the_baseline_names_fails(result):
    done, _ = result
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]


def test_given_the_frozen_set_of_a_revision_when_the_suite_has_run_then_none_of_it_was_left_out(result, revision):
    listed = re.search(r"^server:\n((?:  - .*\n|\s*#.*\n|\n)+)", (SUITE / "requirements" / f"{revision}.yaml").read_text(encoding="utf-8"), re.M)
    required = set(re.findall(r"^  - (\S+)", listed.group(1), re.M))
    assert len(required) > 25 and required <= set(result[1])


def test_given_a_scenario_outside_the_baseline_when_it_has_run_then_no_check_of_it_was_skipped_without_a_reason(result, revision):
    expected = {scenario for scenario, _ in entries(revision)}
    skipped = {check["id"] for scenario, checks in result[1].items() if scenario not in expected
               for check in checks if check["status"] == "SKIPPED"}
    assert skipped == set(INAPPLICABLE[revision])


def test_given_the_baseline_when_it_is_read_then_every_line_has_a_reason_beside_it(revision):
    found = entries(revision)
    assert found and all(reason for _, reason in found), found


@pytest.mark.parametrize("of_revision, scenario", FOR_EVERY_SERVER)
def test_given_a_scenario_for_every_server_when_it_runs_without_fixtures_then_every_check_passes(shared_server, tmp_path, of_revision, scenario):
    done = run([NODE_22, PROGRAM, "server", "--url", shared_server.url, "--scenario", scenario, "--spec-version", of_revision,
                "--output-dir", tmp_path / "out"], tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    statuses = [check["status"] for check in reports(tmp_path / "out")[scenario]]
    assert "SUCCESS" in statuses and set(statuses) <= {"SUCCESS", "INFO"}, statuses
