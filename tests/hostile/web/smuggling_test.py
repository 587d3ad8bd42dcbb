# SPDX-License-Identifier: Apache-2.0
"""Two programs that disagree on where a request ends let one caller speak in another's name (A04): whatever is not
perfectly clear is refused, once, and the connection ends there."""

import pytest

from harness.wire import MCP_FIELDS, request

SMUGGLED = request("GET", "/smuggled")
CHUNKS = b"5\r\nhello\r\n0\r\n\r\n"
HUGE = str(2**63)


def post(*fields, body=b"", line=b"POST /mcp HTTP/1.1"):
    """A request whose framing is entirely the case's own."""
    lines = [line, b"Host: 127.0.0.1", *(field.encode() for field in MCP_FIELDS), *fields]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def chunked(body, *fields):
    return post(b"Transfer-Encoding: chunked", *fields, body=body)


HEADS = {
    "length-then-chunked": post(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=CHUNKS),
    "chunked-then-length": post(b"Transfer-Encoding: chunked", b"Content-Length: 5", body=CHUNKS),
    "length-0-and-chunked": post(b"Content-Length: 0", b"Transfer-Encoding: chunked", body=CHUNKS),
    "two-codings": post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked", body=CHUNKS),
    "two-codings-identity-first": post(b"Transfer-Encoding: identity", b"Transfer-Encoding: chunked", body=CHUNKS),
    "two-codings-identity-last": post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity", body=CHUNKS),
    "chunked-comma-identity": post(b"Transfer-Encoding: chunked, identity", body=CHUNKS),
    "identity-comma-chunked": post(b"Transfer-Encoding: identity, chunked", body=CHUNKS),
    "gzip-comma-chunked": post(b"Transfer-Encoding: gzip, chunked", body=CHUNKS),
    "chunked-chunked": post(b"Transfer-Encoding: chunked, chunked", body=CHUNKS),
    "coding-identity": post(b"Transfer-Encoding: identity", b"Content-Length: 5", body=b"hello"),
    "coding-unknown": post(b"Transfer-Encoding: xchunked", body=CHUNKS),
    "coding-quoted": post(b'Transfer-Encoding: "chunked"', body=CHUNKS),
    "coding-parameter": post(b"Transfer-Encoding: chunked;q=1", body=CHUNKS),
    "coding-trailing-comma": post(b"Transfer-Encoding: chunked,", body=CHUNKS),
    "coding-empty": post(b"Transfer-Encoding:", body=CHUNKS),
    "coding-vertical-tab": post(b"Transfer-Encoding: \x0bchunked", body=CHUNKS),
    "coding-nul": post(b"Transfer-Encoding: chunked\x00", body=CHUNKS),
    "coding-eighth-bit": post(b"Transfer-Encoding: \xa0chunked", body=CHUNKS),
    "coding-space-before-colon": post(b"Transfer-Encoding : chunked", body=CHUNKS),
    "coding-tab-before-colon": post(b"Transfer-Encoding\t: chunked", body=CHUNKS),
    "coding-folded": post(b"Transfer-Encoding:\r\n chunked", body=CHUNKS),
    "coding-folded-by-tab": post(b"Transfer-Encoding:\r\n\tchunked", body=CHUNKS),
    "coding-underscore": post(b"Transfer_Encoding: chunked", b"Content-Length: 5", body=b"hello"),
    "coding-in-1.0": post(b"Transfer-Encoding: chunked", line=b"POST /mcp HTTP/1.0", body=CHUNKS),
    "length-twice-same": post(b"Content-Length: 5", b"Content-Length: 5", body=b"hello"),
    "length-twice-different": post(b"Content-Length: 5", b"Content-Length: 6", body=b"hello"),
    "length-comma-same": post(b"Content-Length: 5, 5", body=b"hello"),
    "length-comma-different": post(b"Content-Length: 5, 6", body=b"hello"),
    "length-plus": post(b"Content-Length: +5", body=b"hello"),
    "length-minus": post(b"Content-Length: -1", body=b"hello"),
    "length-minus-zero": post(b"Content-Length: -0"),
    "length-hex": post(b"Content-Length: 0x5", body=b"hello"),
    "length-float": post(b"Content-Length: 5.0", body=b"hello"),
    "length-exponent": post(b"Content-Length: 5e0", body=b"hello"),
    "length-underscore": post(b"Content-Length: 1_0", body=b"hello"),
    "length-space-inside": post(b"Content-Length: 1 0", body=b"hello"),
    "length-empty": post(b"Content-Length:", body=b"hello"),
    "length-word": post(b"Content-Length: five", body=b"hello"),
    "length-2-64": post(b"Content-Length: 18446744073709551616", body=b"hello"),
    "length-2-64-and-five": post(b"Content-Length: 18446744073709551621", body=b"hello"),
    "length-space-before-colon": post(b"Content-Length : 5", body=b"hello"),
    "length-folded": post(b"Content-Length:\r\n 5", body=b"hello"),
    "length-nul": post(b"Content-Length: 5\x00", body=b"hello"),
    "length-underscored-name": post(b"Content_Length: 5", body=b"hello"),
    "header-folded": post(b"X-One: a\r\n b", b"Content-Length: 5", body=b"hello"),
    "first-header-folded": post(b" X-One: a", b"Content-Length: 5", body=b"hello"),
    "bare-lf": post(b"X-One: a\nContent-Length: 5", body=b"hello"),
    "bare-cr": post(b"X-One: a\rContent-Length: 5", body=b"hello"),
    "cr-cr-lf": post(b"X-One: a\r", b"Content-Length: 5", body=b"hello"),
    "lf-only-head": post(b"Content-Length: 5", body=b"hello").replace(b"\r\n", b"\n"),
    "nul-in-value": post(b"X-One: a\x00b", b"Content-Length: 5", body=b"hello"),
    "nul-in-name": post(b"X-\x00One: a", b"Content-Length: 5", body=b"hello"),
    "no-colon": post(b"X-One a", b"Content-Length: 5", body=b"hello"),
    "empty-name": post(b": a", b"Content-Length: 5", body=b"hello"),
    "space-in-name": post(b"X One: a", b"Content-Length: 5", body=b"hello"),
    "two-spaces-in-line": post(b"Content-Length: 5", line=b"POST  /mcp HTTP/1.1", body=b"hello"),
    "tab-in-line": post(b"Content-Length: 5", line=b"POST\t/mcp\tHTTP/1.1", body=b"hello"),
    "space-in-target": post(b"Content-Length: 5", line=b"POST /mcp /x HTTP/1.1", body=b"hello"),
    "lower-case-http": post(b"Content-Length: 5", line=b"POST /mcp http/1.1", body=b"hello"),
    "two-hosts": post(b"Host: 127.0.0.1", b"Content-Length: 5", body=b"hello"),
}

BODIES = {
    "size-2-64": b"10000000000000005\r\nhello\r\n0\r\n\r\n",
    "size-many-digits": b"0" * 8000 + b"5\r\nhello\r\n0\r\n\r\n",
    "size-negative": b"-5\r\nhello\r\n0\r\n\r\n",
    "size-plus": b"+5\r\nhello\r\n0\r\n\r\n",
    "size-0x": b"0x5\r\nhello\r\n0\r\n\r\n",
    "size-word": b"five\r\nhello\r\n0\r\n\r\n",
    "size-empty": b"\r\nhello\r\n0\r\n\r\n",
    "size-bare-lf": b"5\nhello\r\n0\r\n\r\n",
    "size-leading-space": b" 5\r\nhello\r\n0\r\n\r\n",
    "data-longer": b"5\r\nhello!\r\n0\r\n\r\n",
    "data-shorter": b"6\r\nhello\r\n0\r\n\r\n",
    "data-ends-in-lf": b"5\r\nhello\n0\r\n\r\n",
    "extension-64-kib": b"5;" + b"x" * 65536 + b"\r\nhello\r\n0\r\n\r\n",
    "extension-bare-cr": b"5;a\rb\r\nhello\r\n0\r\n\r\n",
    "extension-bare-lf": b"5;a\nb\r\nhello\r\n0\r\n\r\n",
    "extension-nul": b"5;\x00\r\nhello\r\n0\r\n\r\n",
    "trailer-nul": b"5\r\nhello\r\n0\r\nX: a\x00\r\n\r\n",
    "trailer-64-kib": b"5\r\nhello\r\n0\r\nX: " + b"x" * 65536 + b"\r\n\r\n",
    "trailer-bare-lf": b"5\r\nhello\r\n0\r\nX: a\n\r\n\r\n",
}

CASES = HEADS | {f"chunk-{name}": chunked(body) for name, body in BODIES.items()}


@pytest.mark.parametrize("name", CASES)
def test_given_unclear_framing_when_a_request_hides_behind_it_then_there_is_one_400_and_the_end(watch, name):
    with watch.wire(timeout=5) as wire:
        wire.send(CASES[name] + SMUGGLED)
        answers = wire.answers()
    assert [answer.status for answer in answers] == [400], answers
    assert answers[0].is_typed() and answers[0].header("Connection") == "close"
    assert [entry["status"] for entry in watch.logged(1)] == [400]
    assert "/smuggled" not in watch.server.log_text()


@pytest.mark.parametrize("length", [HUGE, str(2**64 - 1), "99999999999"])
def test_given_a_length_beyond_every_limit_when_a_request_hides_behind_it_then_it_is_the_body(watch, length):
    with watch.wire(timeout=5) as wire:
        wire.send(post(f"Content-Length: {length}".encode()) + SMUGGLED)
        answers = wire.answers()
    assert [answer.status for answer in answers] == [413], answers
    assert "/smuggled" not in watch.server.log_text()


@pytest.mark.parametrize("trailer", [b"Content-Length: 50", b"Transfer-Encoding: chunked", b"Host: evil.test", b"X-Chat-Id: other"])
def test_given_framing_in_a_trailer_when_read_then_it_changes_nothing(watch, trailer):
    body = b'{"jsonrpc":"2.0","id":7,"method":"ping"}'
    with watch.wire(timeout=5) as wire:
        wire.send(chunked(b"%x\r\n%s\r\n0\r\n%s\r\n\r\n" % (len(body), body, trailer)) + request("GET", "/livez"))
        first, second = wire.answer(), wire.answer()
    assert first.status == 400 or first.json()["id"] == 7
    assert (second.status, second.json()) == (200, {"status": "healthy"})


@pytest.mark.parametrize("size", [b"5", b"0005", b"5;name=value", b'5;a="b;c"'], ids=["plain", "zeros", "extension", "quoted"])
def test_given_chunks_as_the_standard_has_them_when_another_request_follows_then_both_are_answered(watch, size):
    with watch.wire(timeout=5) as wire:
        wire.send(chunked(size + b"\r\n{\"a\":\r\n3\r\n 1}\r\n0\r\n\r\n") + request("GET", "/livez"))
        assert wire.answer().status == 400  # no JSON-RPC message, but a whole request
        assert wire.answer().status == 200
