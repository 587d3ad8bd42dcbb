# SPDX-License-Identifier: Apache-2.0
"""One server for each file, with the file's SETTINGS, watched by the oracles while its tests run. What is tested here lies
before the engines, so one of them will do."""

import pytest

from harness.oracles import Watch
from harness.server import Server


@pytest.fixture(scope="module")
def server(engine, request):
    made = Server(engine, getattr(request.module, "SETTINGS", {})).start()
    yield made
    made.discard()


@pytest.fixture(scope="module")
def watch(server, request):
    with Watch(server, canaries=getattr(request.module, "CANARIES", ())) as watching:
        yield watching


@pytest.fixture(autouse=True)
def nothing_is_left(watch):
    """After every single test too, so that the one that broke something is the one that fails."""
    yield
    watch.check_process()
    watch.check_log()
