# SPDX-License-Identifier: Apache-2.0
"""Behind proxies that are trusted (C06): they say where a request comes from, nobody else does, and a caller cannot put words
into their mouths."""

import pytest

from harness.route_table import status
from harness.wire import bearer, request

KEY = "right-key-0123456789"
SETTINGS = {"MCP_API_KEY": KEY, "TRUSTED_PROXIES": "127.0.11.0/24,10.0.0.0/8", "ALLOWED_HOSTS": "allowed.test"}
CANARIES = [KEY]
PROXY, STRANGER = "127.0.11.1", "127.0.12.1"

# What the proxy's header says, and who that is.
CHAINS = {
    "203.0.113.7": "203.0.113.7",
    "203.0.113.7, 10.0.0.1": "203.0.113.7",
    "198.51.100.1, 203.0.113.7": "203.0.113.7",  # the left one anybody can have written
    "127.0.0.1, 203.0.113.7": "203.0.113.7",
    "2001:db8::7": "2001:db8::7",
    "[2001:db8::7]:443": "2001:db8::7",
    "203.0.113.7:5000": "203.0.113.7",
    "10.0.0.5": "10.0.0.5",
    "203.0.113.7, unknown": PROXY,
    "unknown": PROXY,
    "": PROXY,
    "203.0.113.7,": PROXY,
    "evil.test": PROXY,
    "127.1": PROXY,
    "203.0.113.999": PROXY,
    "<script>": PROXY,
}


def peer_of(watch, *fields, source):
    assert status(watch, request("GET", "/mcp-info", bearer(KEY), *fields), source=source) == 200
    return watch.logged(1)[0]["peer"]


@pytest.mark.parametrize("chain", CHAINS, ids=[chain[:40] or "empty" for chain in CHAINS])
def test_given_a_trusted_proxy_when_it_names_the_client_then_the_log_has_that_one(watch, chain):
    assert peer_of(watch, f"X-Forwarded-For: {chain}", source=PROXY) == CHAINS[chain]


def test_given_a_chain_without_end_when_a_proxy_passes_it_on_then_who_wrote_its_beginning_is_not_believed(watch):
    chain = ",".join(["203.0.113.7"] + ["10.0.0.1"] * 500)
    assert peer_of(watch, f"X-Forwarded-For: {chain}", source=PROXY) in ("10.0.0.1", PROXY)


@pytest.mark.parametrize("chain", CHAINS, ids=[chain[:40] or "empty" for chain in CHAINS])
def test_given_a_stranger_when_it_claims_to_be_a_proxy_then_it_is_itself(watch, chain):
    assert peer_of(watch, f"X-Forwarded-For: {chain}", source=STRANGER) == STRANGER


def test_given_a_header_in_several_lines_when_the_proxy_adds_its_own_then_the_last_counts(watch):
    fields = ["X-Forwarded-For: 127.0.0.1", "X-Forwarded-For: 203.0.113.7, 10.0.0.1", "X-Forwarded-For: 10.0.0.2"]
    assert peer_of(watch, *fields, source=PROXY) == "203.0.113.7"


@pytest.mark.parametrize("field", ["Forwarded: for=203.0.113.7", "X-Real-IP: 203.0.113.7", "X-Client-IP: 203.0.113.7"])
def test_given_another_header_than_the_one_agreed_when_a_proxy_passes_it_on_then_it_says_nothing(watch, field):
    assert peer_of(watch, field, source=PROXY) == PROXY


def test_given_guesses_through_a_proxy_when_one_client_goes_on_then_only_that_one_is_slowed(watch):
    def guess(client, number):
        return status(watch, request("GET", "/mcp-info", bearer(f"wrong-{number}"), f"X-Forwarded-For: {client}"), source=PROXY)
    assert [guess("203.0.113.50", number) for number in range(20)][-1] == 429
    assert guess("203.0.113.51", 0) == 401
    assert status(watch, request("GET", "/mcp-info", bearer(KEY), "X-Forwarded-For: 203.0.113.52"), source=PROXY) == 200


def test_given_a_guesser_when_it_writes_other_addresses_before_the_proxys_then_its_budget_is_still_its_own(watch):
    codes = [status(watch, request("GET", "/mcp-info", bearer(f"wrong-{n}"), f"X-Forwarded-For: 198.51.100.{n}, 203.0.113.60"), source=PROXY)
             for n in range(20)]
    assert codes[-1] == 429, codes


@pytest.mark.parametrize("source", [PROXY, STRANGER])
def test_given_a_foreign_host_when_it_is_forwarded_or_hidden_then_it_is_403(watch, source):
    for fields, host in ((["X-Forwarded-Host: 127.0.0.1"], "evil.test"), (["X-Forwarded-Host: allowed.test"], "evil.test")):
        assert status(watch, request("GET", "/mcp-info", bearer(KEY), *fields, host=host), source=source) == 403
    found = status(watch, request("GET", "/mcp-info", bearer(KEY), "X-Forwarded-Host: evil.test"), source=source)
    assert found == (403 if source == PROXY else 200), "only a proxy's word counts, for good and for bad"
