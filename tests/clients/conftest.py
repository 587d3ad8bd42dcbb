# SPDX-License-Identifier: Apache-2.0
"""A server with a key, as it is when clients come from elsewhere; one for all of them, and their visits to it."""

import os
import pathlib

import pytest

from harness.server import Server
from roster import CLIENTS
from table import lines_of, row_of
from visits import Visits

KEY = "clients-key-0123456789abcdef"


@pytest.fixture(scope="session")
def keyed_server(engine):
    server = Server(engine, {"MCP_API_KEY": KEY})
    server.key = KEY
    server.start()
    yield server
    server.discard()


@pytest.fixture(scope="session")
def visits(request, keyed_server, tmp_path_factory):
    tests = [test.callspec.params for test in request.session.items if hasattr(test, "callspec")]
    wanted = dict.fromkeys(parameters["client"] for parameters in tests if "client" in parameters)
    found = Visits(keyed_server, tmp_path_factory.mktemp, wanted)
    yield found
    found.close()
    done = found.done()
    rows = {client: row_of(done[client]) for client in CLIENTS if client in done}
    report = pathlib.Path(os.environ["CUS_BUILD_DIR"]).parent / "reports" / "clients.md"
    report.parent.mkdir(exist_ok=True)
    report.write_text("\n".join(lines_of(rows)) + "\n", encoding="utf-8")


@pytest.fixture
def visit(visits, client):
    """What the test's client did."""
    return visits.of(client)
