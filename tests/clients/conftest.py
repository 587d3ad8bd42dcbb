# SPDX-License-Identifier: Apache-2.0
"""A server with a key, as it is when clients come from elsewhere; one for all of them."""

import pytest

from harness.server import Server

KEY = "clients-key-0123456789abcdef"


@pytest.fixture(scope="session")
def keyed_server(engine):
    server = Server(engine, {"MCP_API_KEY": KEY})
    server.key = KEY
    server.start()
    yield server
    server.discard()
