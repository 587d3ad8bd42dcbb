# SPDX-License-Identifier: Apache-2.0
"""Fixtures of every suite that drives the real server: an engine, servers of a test's own, fresh chat ids."""

import secrets

import pytest

from harness.engine_proxy import EngineProxy
from harness.engines import ENGINES
from harness.own_engine import OwnEngine
from harness.server import Server


BOTH = ("integration", "hostile")  # suites that run on every engine; the others look at what lies before engines


def pytest_addoption(parser):
    parser.addoption("--engine", choices=ENGINES, help="run on this engine only")


def pytest_configure(config):
    for name in ENGINES:
        config.addinivalue_line("markers", f"{name}_only(reason): what the other engines have no counterpart of")
    config.addinivalue_line("markers", "own_engines(reason): the test brings its engines itself")


def pytest_generate_tests(metafunc):
    """A test that only one engine can be asked is not made for the others, so that nothing is skipped."""
    test = metafunc.definition
    if "engine" in metafunc.fixturenames and test.path.parent.name in BOTH and not test.get_closest_marker("own_engines"):
        own = [name for name in ENGINES if test.get_closest_marker(f"{name}_only")]
        metafunc.parametrize("engine", own or list(ENGINES), indirect=True, scope="session")


def pytest_collection_modifyitems(config, items):
    wanted = config.getoption("--engine")
    for item in [item for item in items if wanted]:
        engine = item.callspec.params.get("engine", wanted) if hasattr(item, "callspec") else wanted
        if engine != wanted:
            items.remove(item)


@pytest.fixture(scope="session")
def engine(request):
    """The engine that the suites share; sandboxes of different servers do not meet in it."""
    found = ENGINES[getattr(request, "param", request.config.getoption("--engine") or "docker")]()
    yield found
    found.discard()


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
