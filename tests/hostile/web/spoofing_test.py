# SPDX-License-Identifier: Apache-2.0
"""Headers that claim to be somebody, or to come from somewhere (C06): they count only with the key, only when they are
clear, and only from a proxy that is trusted."""

import pytest

from harness.route_table import status
from harness.wire import PING, bearer, mcp_request, request

KEY = "right-key-0123456789"
SETTINGS = {"MCP_API_KEY": KEY}
CANARIES = [KEY, "victim@example.org", "Vic%20Tim", "Vic Tim", "glpat-secret", "sk-ant-secret"]

VALUES = {"Chat-Id": "victims-chat", "User-Email": "victim@example.org", "User-Name": "Vic%20Tim", "User-Id": "u-1", "User-Role": "admin",
          "Message-Id": "m-1", "Gitlab-Token": "glpat-secret", "Gitlab-Host": "gitlab.example.org", "Anthropic-Api-Key": "sk-ant-secret"}
NAMES = [prefix + name for prefix in ("X-", "X-OpenWebUI-") for name in VALUES]
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "bash_tool", "arguments": {"command": "true"}}}


def value(name):
    return VALUES[name.removeprefix("X-").removeprefix("OpenWebUI-")]


@pytest.fixture(autouse=True)
def nothing_was_made(nothing_is_left, server):
    before = server.storage_ids()
    yield
    assert server.storage_ids() == before


def posted(watch, message, *fields, host="127.0.0.1"):
    with watch.wire() as wire:
        wire.send(mcp_request(message, *fields, host=host))
        return wire.answer()


@pytest.mark.parametrize("name", NAMES)
def test_given_an_identity_without_the_key_when_sent_then_it_is_401_like_any_other(watch, name):
    plain, spoofed = posted(watch, CALL), posted(watch, CALL, f"{name}: {value(name)}")
    assert spoofed.status == 401
    assert spoofed.body == plain.body, "it does not matter who they say they are"


@pytest.mark.parametrize("name", NAMES)
def test_given_an_identity_with_the_key_when_sent_once_then_it_is_taken(watch, name):
    assert posted(watch, PING, bearer(KEY), f"{name}: {value(name)}").status == 200


@pytest.mark.parametrize("name", NAMES)
def test_given_an_identity_twice_when_sent_then_it_is_400_whatever_the_spelling(watch, name):
    first = f"{name}: {value(name)}"
    for second in (first, f"{name}: x", f"{name.upper()}: {value(name)}", f"{name.lower()}:", f"{name.replace('-', '_')}: x"):
        answer = posted(watch, CALL, bearer(KEY), first, second)
        assert answer.status == 400 and answer.is_typed(), second


@pytest.mark.parametrize("name", NAMES + ["X-Api-Key", "Content-Length", "Mcp-Session-Id", "X-Forwarded-For", "X-Request-Id"])
def test_given_underscores_for_hyphens_when_sent_then_it_is_400(watch, name):
    for spelling in {name.replace("-", "_"), name.replace("-", "_", 1), name.replace("-", "_").upper()}:
        answer = posted(watch, CALL, bearer(KEY), f"{spelling}: {value(name) if name in NAMES else 'x'}")
        assert answer.status == 400, spelling


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("bad", [b"\xff\xfe", b"a\xc0\xafb", b"\xed\xa0\x80", b"x" * 5000], ids=["bytes", "overlong", "surrogate", "long"])
def test_given_a_value_that_no_client_sends_when_called_then_it_is_400_and_not_repeated(watch, name, bad):
    answer = posted(watch, CALL, bearer(KEY), f"{name}: ".encode() + bad)
    assert answer.status == 400
    assert bad not in answer.body


FORWARDED = ["X-Forwarded-For: 10.1.2.3", "X-Real-IP: 10.1.2.3", "Forwarded: for=10.1.2.3;host=127.0.0.1;proto=https", "X-Client-IP: 10.1.2.3",
             "True-Client-IP: 10.1.2.3", "CF-Connecting-IP: 10.1.2.3", "X-Forwarded-For: 127.0.0.1, 10.1.2.3", "X-Forwarded-Proto: https",
             "X-Forwarded-Port: 443", "X-Forwarded-Prefix: /mcp", "X-Original-URL: /livez", "X-Rewrite-URL: /livez",
             "X-HTTP-Method-Override: GET", "X-Forwarded-User: admin", "X-Remote-User: admin", "X-Auth-Request-Email: victim@example.org"]


@pytest.mark.parametrize("field", FORWARDED)
def test_given_a_proxys_header_when_no_proxy_is_trusted_then_it_changes_nothing(watch, field):
    assert status(watch, mcp_request(CALL, field)) == 401
    assert status(watch, mcp_request(PING, field, bearer(KEY))) == 200
    assert status(watch, request("GET", "/nothing-here", field, bearer(KEY))) == 404
    entries = watch.logged(3)
    assert {entry["peer"] for entry in entries} == {"127.0.0.1"}
    assert [entry["path"] for entry in entries] == ["/mcp", "/mcp", "/nothing-here"]


@pytest.mark.parametrize("field", ["X-Forwarded-Host: 127.0.0.1", "X-Host: 127.0.0.1", "X-Original-Host: 127.0.0.1", "Forwarded: host=127.0.0.1"])
def test_given_a_foreign_host_when_another_header_names_ours_then_it_is_still_403(watch, field):
    assert posted(watch, PING, field, bearer(KEY), host="evil.test").status == 403


@pytest.mark.parametrize("field", ["X-Forwarded-Host: evil.test", "X-Forwarded-Server: evil.test"])
def test_given_our_host_when_another_header_names_a_foreign_one_then_no_answer_repeats_it(watch, field):
    for target in ("/mcp-info/", "/livez", "/nothing"):
        with watch.wire() as wire:
            wire.send(request("GET", target, field, bearer(KEY)))
            answer = wire.answer()
        assert "evil" not in str(answer.fields) and b"evil" not in answer.body
