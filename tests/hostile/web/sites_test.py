# SPDX-License-Identifier: Apache-2.0
"""Which Host and Origin may call (B02): a page of another site and a name that was pointed here get 403, on every route,
before the key is looked at and before the body is read, and nothing is made for them."""

import pytest

from harness.route_table import call, routes, status
from harness.wire import bearer, mcp_request, request

KEY = "right-key-0123456789"
SETTINGS = {"MCP_API_KEY": KEY, "ALLOWED_HOSTS": "allowed.test,ported.test:9000", "PUBLIC_BASE_URL": "http://public.test:8081"}

GOOD_HOSTS = ["127.0.0.1", "127.0.0.1:8081", "127.0.0.1:1", "127.0.0.2", "localhost", "LocalHost:99", "[::1]", "[::1]:8081",
              "computer-use-server", "computer-use-server:8081", "allowed.test", "ALLOWED.TEST:7", "public.test:8081", "10.1.2.3",
              "192.168.7.7:8081", "[2001:db8::1]", "[2001:db8::1]:8081"]
BAD_HOSTS = ["evil.test", "evil.test:8081", "allowed.test.evil.test", "evil-allowed.test", "xallowed.test", "sub.allowed.test",
             "localhost.evil.test", "127.0.0.1.evil.test", "0.0.0.0", "0.0.0.0:8081", "[::]", "0", "127.1", "127.0.1", "2130706433",
             "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "127.0.0.01", "127.0.0.1.", "127.0.0.256", "[::1", "::1", "[::1]x", "[127.0.0.1]",
             "user@127.0.0.1", "evil.test@127.0.0.1", "127.0.0.1@evil.test", "127.0.0.1:80:80", "127.0.0.1:x", "127.0.0.1:99999",
             "127.0.0.1:-1", "127.0.0.1,evil.test", "127.0.0.1 evil.test", "evil.test#127.0.0.1", "evil.test/127.0.0.1",
             "http://127.0.0.1", "lo%63alhost", "allowed.test%00", "allowed_test", "*", ".", "-", "xn--lcalhost-o1a", "",
             "ａｌｌｏｗｅｄ.test".encode(), b"allowed.test\xff"]

GOOD_ORIGINS = ["http://127.0.0.1", "http://127.0.0.1:6274", "https://localhost", "http://localhost:3000", "HTTP://LOCALHOST:3000",
                "http://[::1]:5173", "http://public.test:8081", "http://allowed.test", "http://ported.test:9000", "https://ported.test:9000"]
BAD_ORIGINS = ["null", "http://evil.test", "https://evil.test:8081", "http://allowed.test.evil.test", "http://evil-allowed.test",
               "http://sub.allowed.test", "https://public.test:8081", "http://public.test", "http://public.test:80", "http://ported.test",
               "http://ported.test:9001", "http://0.0.0.0", "http://0.0.0.0:8081", "http://[::]", "http://127.1", "http://2130706433",
               "http://0x7f000001", "http://0177.0.0.1", "http://localhost.evil.test", "http://127.0.0.1.evil.test",
               "http://localhost@evil.test", "http://evil.test#localhost", "http://evil.test/localhost", "http://evil.test?localhost",
               "http://localhost http://evil.test", "http://localhost, http://evil.test", "http://localhost:x", "http://localhost:99999",
               "file://", "file:///etc/passwd", "chrome-extension://abcdef", "javascript:1", "about:blank", "localhost", "//localhost",
               "http:localhost", "http://", "ws://localhost", "ftp://localhost", "http://10.1.2.3", "http://[2001:db8::1]",
               "http://l\u00f6calhost", ""]


@pytest.fixture(scope="module")
def table(server):
    return routes(server)


@pytest.fixture(scope="module")
def chats_before(server):
    return server.storage_ids()


@pytest.fixture(autouse=True)
def nothing_was_made(chats_before, watch):
    yield
    assert watch.server.storage_ids() == chats_before


@pytest.mark.parametrize("host", GOOD_HOSTS)
def test_given_a_host_of_ours_when_any_route_is_called_then_it_is_let_in(watch, table, host):
    for route in table:
        assert status(watch, call(route, key=KEY, host=host)) != 403, route


@pytest.mark.parametrize("host", BAD_HOSTS)
def test_given_a_foreign_host_when_any_route_is_called_then_it_is_refused_with_and_without_the_key(watch, table, host):
    for route in table:
        for key in (KEY, None):
            assert status(watch, call(route, key=key, host=host)) in (400, 403), route


@pytest.mark.parametrize("host", ["evil.test", "localhost.evil.test", "0.0.0.0", "127.1"])
def test_given_a_well_formed_foreign_host_when_called_then_it_is_403_even_where_nobody_needs_a_key(watch, table, host):
    for route in table:
        assert status(watch, call(route, host=host)) == 403, route


@pytest.mark.parametrize("origin", GOOD_ORIGINS)
def test_given_an_origin_of_ours_when_any_route_is_called_then_it_is_let_in_and_may_read(watch, table, origin):
    for route in [route for route in table if route.method == "POST" or route.path == "/mcp-info"]:
        with watch.wire() as wire:
            wire.send(call(route, f"Origin: {origin}", key=KEY))
            answer = wire.answer()
        assert answer.status not in (401, 403), route
        assert answer.header("Access-Control-Allow-Origin") == origin and "Origin" in answer.header("Vary")


@pytest.mark.parametrize("origin", BAD_ORIGINS)
def test_given_a_foreign_origin_when_any_route_is_called_then_it_is_403_before_the_key(watch, table, origin):
    for route in table:
        for key in (KEY, None):
            with watch.wire() as wire:
                wire.send(call(route, f"Origin: {origin}", key=key))
                answer = wire.answer()
            assert answer.status in ((403,) if origin.isascii() else (400, 403)), route
            assert not [name for name, _ in answer.fields if name.startswith("access-control-")], answer.fields


@pytest.mark.parametrize("origin", ["http://evil.test", "null"])
def test_given_a_preflight_from_elsewhere_when_asked_then_nothing_is_granted(watch, table, origin):
    for path in {route.path.replace("*", "x") for route in table}:
        with watch.wire() as wire:
            wire.send(request("OPTIONS", path, f"Origin: {origin}", "Access-Control-Request-Method: POST",
                              "Access-Control-Request-Headers: authorization"))
            answer = wire.answer()
        assert answer.status == 403
        assert answer.header("Access-Control-Allow-Origin") is None


def test_given_a_preflight_from_ours_when_asked_then_it_is_granted_without_credentials(watch):
    with watch.wire() as wire:
        wire.send(request("OPTIONS", "/mcp", "Origin: http://localhost:6274", "Access-Control-Request-Method: POST",
                          "Access-Control-Request-Headers: authorization, content-type, mcp-protocol-version"))
        answer = wire.answer()
    assert (answer.status, answer.header("Access-Control-Allow-Origin")) == (204, "http://localhost:6274")
    assert "authorization" in answer.header("Access-Control-Allow-Headers").lower()
    assert answer.header("Access-Control-Allow-Credentials") is None


@pytest.mark.parametrize("field", ["Host: evil.test", "Origin: http://evil.test"])
def test_given_a_foreign_caller_when_its_body_has_not_come_then_it_is_refused_already(watch, field):
    host = None if field.startswith("Host") else "127.0.0.1"
    with watch.wire(timeout=5) as wire:
        wire.send(request("POST", "/mcp", field, bearer(KEY), "Content-Type: application/json", "Content-Length: 1000000", host=host))
        assert wire.answer().status == 403


def test_given_a_foreign_page_when_it_calls_a_tool_with_the_key_then_no_sandbox_is_made(watch):
    tool = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "bash_tool", "arguments": {"command": "true"}}}
    for field in ("Origin: http://evil.test", "Origin: null"):
        assert status(watch, mcp_request(tool, field, bearer(KEY), "X-Chat-Id: rebound")) == 403
    assert status(watch, mcp_request(tool, bearer(KEY), "X-Chat-Id: rebound", host="evil.test")) == 403
