# SPDX-License-Identifier: Apache-2.0
"""Fixtures of every suite that drives the real server: an engine, servers of a test's own, fresh chat ids."""

import os
import secrets

import pytest

from harness.engine import Engine
from harness.engine_proxy import EngineProxy
from harness.own_engine import OwnEngine
from harness.server import Server


@pytest.fixture(scope="session")
def engine():
    """The engine that the suites share; sandboxes of different servers do not meet in it."""
    return Engine(os.environ["CUS_DOCKER_SOCKET"])


@pytest.fixture
def make_server(engine):
    """Starts servers, each on a data root and port of its own; stops them and removes their sandboxes at the end."""
    servers = []

    def make(on=None, data_root=None, **settings):
        server = Server(on or engine, settings, data_root)
        servers.append(server)
        server.start()
        return server

    yield make
    for server in servers:
        server.discard()


@pytest.fixture(scope="module")
def shared_server(engine):
    """One server for tests that do not disturb each other: each uses chats of its own."""
    server = Server(engine, {})
    server.start()
    yield server
    server.discard()


@pytest.fixture
def chat():
    return "chat-" + secrets.token_hex(8)


@pytest.fixture
def make_engine_proxy(engine):
    """Puts proxies before the shared engine."""
    proxies = []

    def make(shift=None):
        proxies.append(EngineProxy(engine, shift))
        return proxies[-1]

    yield make
    for proxy in proxies:
        proxy.discard()


@pytest.fixture(scope="module")
def own_engine():
    """An engine that the module's tests may harm; each leaves it running."""
    own = OwnEngine()
    try:
        own.start()
        own.make_image()
        yield own
    finally:
        own.discard()
