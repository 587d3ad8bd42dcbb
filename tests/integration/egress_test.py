# SPDX-License-Identifier: Apache-2.0
"""The way out: ordinary programs reach what is allowed with nothing set by their user; the rest is told why not."""

import pytest

from harness.origin import ADDRESS, Origin
from harness.server import Server


@pytest.fixture(scope="module")
def origin():
    found = Origin()
    yield found
    found.discard()


@pytest.fixture(scope="module")
def online(engine, origin):
    """A server whose sandboxes may reach the origin; the image has Node as well."""
    server = Server(engine, {"EGRESS_ALLOW_PRIVATE": origin.exceptions} | engine.node_image())
    server.start()
    yield server
    server.discard()


@pytest.mark.parametrize("command", [
    "curl -fsS {http}/hello.txt",
    "wget -qO- {http}/hello.txt",
    "python3 -c 'import urllib.request as u; print(u.urlopen(\"{http}/hello.txt\").read().decode(), end=\"\")'",
    "curl -fsS {http}/certificate.pem -o ca && curl -fsS --cacert ca {https}/hello.txt",
    "curl -fsS {http}/certificate.pem -o ca && wget -qO- --ca-certificate=ca {https}/hello.txt",
    "node -e 'fetch(\"{http}/hello.txt\").then(r => r.text()).then(t => process.stdout.write(t))' 2>/dev/null",
], ids=["curl", "wget", "urllib", "curl-https", "wget-https", "node-fetch"])
def test_given_an_allowed_origin_when_a_program_asks_it_then_it_is_answered(online, origin, chat, command):
    text = online.run(chat, command.format(http=origin.http, https=origin.https))
    assert text == "hello from outside\n[exit 0]"


def test_given_a_package_index_when_pip_installs_then_the_package_works(online, origin, chat):
    text = online.run(chat, f"pip install -q --index-url {origin.http}/simple/ --trusted-host {ADDRESS} tinywheel"
                            " && python3 -c 'import tinywheel; print(tinywheel.answer)'")
    assert text.endswith("42\n[exit 0]"), text


def test_given_a_registry_when_npm_installs_then_the_package_works(online, origin, chat):
    text = online.run(chat, f"npm install --silent --no-audit --registry {origin.http}/ tinypackage"
                            " && node -p 'require(\"tinypackage\")'")
    assert text.endswith("42\n[exit 0]"), text


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_given_a_repository_when_git_clones_it_then_the_files_are_there(online, origin, chat, scheme):
    url = getattr(origin, scheme)
    text = online.run(chat, f"curl -fsS {origin.http}/certificate.pem -o ca && "
                            f"git -c http.sslCAInfo=$PWD/ca clone -q {url}/project.git && cat project/file")
    assert text.endswith("from a repository\n[exit 0]"), text


def test_given_no_exception_when_a_private_address_is_asked_then_the_refusal_says_why(shared_server, origin, chat):
    before = len(origin.asked)
    text = shared_server.run(chat, f"curl -sS -w '%{{http_code}}' {origin.http}/hello.txt")
    assert "403" in text and "private address" in text and "EGRESS_ALLOW_PRIVATE" in text, text
    tunnel = shared_server.run(chat, f"curl -sS -v {origin.https}/hello.txt 2>&1")
    assert "403" in tunnel and "[Exit code: 56]" in tunnel, tunnel
    assert len(origin.asked) == before


def test_given_an_exception_when_another_port_is_asked_then_it_is_refused(online, origin, chat):
    assert "private address" in online.run(chat, f"curl -sS http://{ADDRESS}:1/")


def test_given_no_network_when_something_is_asked_then_the_refusal_names_the_setting(make_server, origin, chat):
    server = make_server(ENABLE_NETWORK="false", EGRESS_ALLOW_PRIVATE=origin.exceptions)
    assert "ENABLE_NETWORK=false" in server.run(chat, f"curl -sS {origin.http}/hello.txt")
