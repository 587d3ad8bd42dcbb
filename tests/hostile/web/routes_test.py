# SPDX-License-Identifier: Apache-2.0
"""Every route of the binary's own table, without a key, with a wrong one and with the right one (C01), and under every
other spelling of its path (A09)."""

import pytest

from harness.route_table import call, routes, status
from harness.wire import bearer, request

KEY = "right-key-0123456789"
SETTINGS = {"MCP_API_KEY": KEY}
CANARIES = [KEY]
OPEN = {"/health", "/livez", "/readyz"}
LET_IN = range(200, 300)


@pytest.fixture(scope="module")
def table(server):
    found = routes(server)
    assert len(found) >= 6
    return found


def test_given_the_table_when_read_then_only_the_routes_that_are_meant_to_be_open_are(table):
    assert {route.path for route in table if route.auth == "open"} == OPEN
    assert {route.auth for route in table} == {"open", "key"}


def test_given_each_route_when_called_without_the_key_then_only_the_open_ones_answer(watch, table):
    for route in table:
        expected = (200, 503) if route.path in OPEN else (401,)
        assert status(watch, call(route)) in expected, route


def test_given_each_route_when_called_with_the_key_then_it_lets_the_caller_in(watch, table):
    for route in table:
        for field in (bearer(KEY), f"authorization:   bearer   {KEY}  ", f"X-API-Key: {KEY}"):
            assert status(watch, call(route, field)) not in (401, 403, 429), (route, field)


WRONG = {
    "wrong": bearer("wrong-key-0123456789"),
    "prefix": bearer(KEY[:-1]),
    "longer": bearer(KEY + "0"),
    "other-case": bearer(KEY.upper()),
    "other-scheme": f"Authorization: Basic {KEY}",
    "no-scheme": f"Authorization: {KEY}",
    "joined": f"Authorization: Bearer{KEY}",
    "empty": "Authorization: Bearer ",
    "empty-header": "X-API-Key:",
    "a-list": bearer(f"x, {KEY}"),
    "in-the-query": "X-Nothing: 1",
    "cookie": f"Cookie: MCP_API_KEY={KEY}",
    "64-kib-less": bearer("x" * 8000),
    "nul-padded": bearer(KEY + "%00"),
}


@pytest.mark.parametrize("name", WRONG)
def test_given_each_route_when_called_with_what_is_not_the_key_then_only_the_open_ones_answer(watch, table, name):
    # Wrong keys are slowed down by source, which is another test's matter.
    source = f"127.0.1.{list(WRONG).index(name) + 1}"
    for route in table:
        path = route.path.replace("*", "x") + (f"?api_key={KEY}&token={KEY}" if name == "in-the-query" else "")
        found = status(watch, call(route, WRONG[name], path=path), source=source)
        assert found in ((200, 503) if route.path in OPEN else (401, 429)), route


def test_given_two_keys_in_one_request_when_called_then_neither_is_chosen(watch, table):
    for route in table:
        twice = call(route, bearer(KEY), bearer("wrong-key-0123456789"))
        assert status(watch, twice) == 400, route


def spellings(path):
    """Other ways to write a path, of which some program somewhere says that they are the same."""
    name = path.strip("/") or "x"
    first, rest = name[0], name[1:]
    return [
        f"/{path}", f"//{name}", f"///{name}", f"{path}//", f"/{name}/", f"/{name}/.", f"/{name}/..", f"/{name}%2f", f"/{name}%2F..",
        f"/{name};x", f"/{name};x=1/", f"/;x/{name}", f"/.;/{name}", f"/..;/{name}", f"/x/..;/{name}", f"/./{name}", f"/x/../{name}",
        f"/%2e/{name}", f"/%2e%2e/{name}", f"/x/%2e%2e/{name}", f"/%252e%252e/{name}", f"/%{ord(first):02x}{rest}",
        f"/%25{ord(first):02x}{rest}", f"/{name.upper()}", f"/{name.title()}", f"\\{name}", f"/\\{name}", f"/%5c{name}", f"/x\\..\\{name}",
        f"/{name}%00", f"/{name}%00.html", f"/{name}%20", f"/{name}%09", f"/{name}.", f"/{name}.json", f"/{name}?", f"/{name}?x=/livez",
        f"/{name}#x", f"/livez/../{name}", f"/livez;/../{name}", f"/livez%2f..%2f{name}", f"/livez/..%2f{name}", f"/livez?/../{name}",
        f"/%c0%ae%c0%ae/{name}", f"/%c0%af{name}", f"/%ef%bc%8f{name}", f"/{chr(ord(first) + 0x80)}{rest}", f"/%{ord(first) + 0x80:02x}{rest}",
        f"/%u002e%u002e/{name}", f"/{name}/livez", f"/livez/{name}", f"/{name}%0d%0aX: 1", f"/{name}%zz", f"/{name}%", name, f"*{path}",
        f"http://127.0.0.1/{name}", f"http://127.0.0.1//{name}", f"HTTP://127.0.0.1/{name}", f"https://127.0.0.1/{name}",
        f"http://evil.test/{name}", f"http://evil.test@127.0.0.1/{name}", f"http:/{name}", f"//127.0.0.1/{name}", f"ftp://127.0.0.1/{name}",
        f"http://127.0.0.1/x/../{name}", f"http://127.0.0.1\\{name}",
    ]


def test_given_each_route_when_its_path_is_spelled_otherwise_then_no_spelling_goes_round_the_key(watch, table):
    opened = []
    for route in table:
        if route.path in OPEN:
            continue
        for path in spellings(route.path):
            if path.startswith("/livez?"):
                continue  # an open route with a query
            without, with_key = status(watch, call(route, path=path)), status(watch, call(route, path=path, key=KEY))
            if without in LET_IN or (with_key in LET_IN and without != 401) or with_key >= 500:
                opened.append((route.method, path, without, with_key))
    assert not opened


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "TRACK", "PROPFIND", "get", "GeT", "DEBUG", "M-SEARCH", "X" * 100, "PRI"])
def test_given_a_method_that_no_route_has_when_called_then_nothing_answers(watch, table, method):
    for target in [*{route.path.replace("*", "x") for route in table}, "*", "127.0.0.1:80", "evil.test:443"]:
        for fields in ([], [bearer(KEY)]):
            assert status(watch, request(method, target, *fields)) in (400, 401, 405, 501), (method, target)


def test_given_options_when_asked_of_everything_then_it_tells_methods_and_nothing_else(watch, table):
    for target in {route.path.replace("*", "x") for route in table}:
        with watch.wire() as wire:
            wire.send(request("OPTIONS", target))
            answer = wire.answer()
        assert (answer.status, answer.body) == (204, b"")
        assert answer.header("Access-Control-Allow-Origin") is None
    assert status(watch, request("OPTIONS", "*")) in (204, 400)


def test_given_head_when_asked_of_each_get_route_then_it_needs_the_key_too_and_has_no_body(watch, table):
    for route in [route for route in table if route.method == "GET" and route.path != "/mcp" and route.path != "/mcp/"]:
        with watch.wire() as wire:
            wire.send(request("HEAD", route.path.replace("*", "x")) + request("GET", "/livez"))
            first, second = wire.answer(is_head=True), wire.answer()
        assert first.status in ((200, 503) if route.path in OPEN else (401,)), route
        assert second.status == 200, "nothing of a body came in between"
