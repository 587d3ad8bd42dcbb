# SPDX-License-Identifier: Apache-2.0
"""Every route of the binary's own table, without a key, with a wrong one and with the right one (C01)."""

import http.client

import pytest

KEY = "right-key-0123456789"
OPEN = {"/health", "/livez", "/readyz"}


@pytest.fixture(scope="module")
def server(engine):
    from harness.server import Server
    server = Server(engine, {"MCP_API_KEY": KEY}).start()
    yield server
    server.discard()


def table(server):
    rows = [line.split() for line in server.command("--dump-routes").stdout.splitlines()]
    return [(row[0], row[1], row[2]) for row in rows if len(row) > 2 and row[0].isupper() and row[1].startswith("/")]


def status(server, method, path, key=None, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def test_given_the_table_when_each_route_is_called_then_only_the_open_ones_answer_without_the_key(server):
    routes = table(server)
    assert len(routes) >= 6
    for method, path, auth in routes:
        concrete = path.replace("*", "x")
        if path in OPEN:
            assert auth == "open", path
            assert status(server, method, concrete) in (200, 503), path
            continue
        assert auth == "key", f"{path} is open: is that meant?"
        assert status(server, method, concrete) == 401, path
        assert status(server, method, concrete, KEY, b"{}" if method == "POST" else None) not in (401, 403), path


def test_given_wrong_keys_from_one_source_when_they_go_on_then_they_are_slowed_and_the_right_one_is_not(server):
    assert status(server, "GET", "/mcp-info", KEY) == 200
    codes = [status(server, "GET", "/mcp-info", f"wrong-{i}-0123456789") for i in range(30)]
    assert codes[0] == 401 and 429 in codes[:20], codes
    assert status(server, "GET", "/mcp-info", KEY) == 200


@pytest.mark.parametrize("path", ["//mcp", "/mcp%2f", "/mcp;x", "/./mcp", "/x/../mcp", "/%6dcp", "/MCP", "/mcp/../mcp-info", "/mcp%00"])
def test_given_a_variant_of_a_path_when_called_without_the_key_then_it_is_never_let_in(server, path):
    assert status(server, "POST", path, None, b"{}") >= 400
    assert status(server, "GET", path) >= 400


@pytest.mark.parametrize("header,value", [("Host", "evil.test"), ("Origin", "http://evil.test"), ("Origin", "null")])
def test_given_a_foreign_host_or_origin_when_called_with_the_key_then_it_is_refused_before_anything(server, header, value):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest("GET", "/mcp-info", skip_host=header == "Host")
    connection.putheader(header, value)
    connection.putheader("Authorization", f"Bearer {KEY}")
    connection.endheaders()
    assert connection.getresponse().status == 403
    assert server.sandboxes() == []
