# SPDX-License-Identifier: Apache-2.0
"""Compressed request bodies (A08): refused from the head, never inflated, whatever they would become."""

import gzip
import zlib

import pytest

from harness.wire import LIST_TOOLS, MCP_FIELDS, bearer, mcp_request, request

KEY = "right-key-0123456789"
SETTINGS = {"MCP_API_KEY": KEY}
MIB = 1 << 20


def gzip_bomb(size):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(size // MIB)) + packer.flush()


def raw_block_zstd():
    """One frame whose only block repeats a byte: 1 GiB announced."""
    return bytes.fromhex("28b52ffd") + b"\xe0" + (1 << 30).to_bytes(8, "little") + (MIB // 8 << 3 | 0b011).to_bytes(3, "little") + b"\0"


def body(coding):
    if coding in ("gzip", "x-gzip", "GZIP"):
        return gzip.compress(b'{"jsonrpc":"2.0","id":1,"method":"ping"}')
    if coding == "deflate":
        return zlib.compress(b'{"jsonrpc":"2.0","id":1,"method":"ping"}')
    return b'{"jsonrpc":"2.0","id":1,"method":"ping"}'


CODINGS = ["gzip", "x-gzip", "GZIP", "deflate", "br", "zstd", "compress", "identity, gzip", "gzip, identity", "gzip, gzip", "", "aes128gcm", "x"]


@pytest.mark.parametrize("coding", CODINGS)
def test_given_a_content_encoding_when_posted_then_it_is_415_and_nothing_is_decoded(watch, coding):
    with watch.wire() as wire:
        wire.send(mcp_request(body(coding), f"Content-Encoding: {coding}", bearer(KEY)))
        refused = wire.answer()
    assert refused.status == 415 and refused.is_typed()


def test_given_identity_when_posted_then_it_is_no_encoding(watch):
    with watch.wire() as wire:
        wire.send(mcp_request(LIST_TOOLS, "Content-Encoding: identity", bearer(KEY)))
        assert wire.answer().status == 200


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("size", [MIB, 1 << 30], ids=["1MiB", "1GiB"])
def test_given_a_bomb_when_posted_then_it_costs_the_server_nothing(watch, coding, size):
    bomb = raw_block_zstd() if coding == "zstd" else gzip_bomb(size)
    with watch.cost() as cost:
        with watch.wire() as wire:
            wire.send(mcp_request(bomb, f"Content-Encoding: {coding}", bearer(KEY)))
            assert wire.answer().status == 415
    cost.check(1, rss_kib=512)


def test_given_a_bomb_without_its_encoding_named_when_posted_then_it_is_no_json(watch):
    with watch.wire() as wire:
        wire.send(mcp_request(gzip_bomb(MIB), bearer(KEY)))
        assert wire.answer().status == 400


@pytest.mark.parametrize("coding", ["gzip", "gzip, chunked", "chunked, gzip", "deflate, chunked"])
def test_given_a_compressed_transfer_encoding_when_posted_then_it_is_refused(watch, coding):
    with watch.wire() as wire:
        wire.send(request("POST", "/mcp", *MCP_FIELDS, f"Transfer-Encoding: {coding}", bearer(KEY)) + b"0\r\n\r\n")
        assert wire.answer().status == 400


@pytest.mark.parametrize("method,path", [("GET", "/mcp"), ("DELETE", "/mcp"), ("POST", "/nowhere"), ("POST", "/livez")])
def test_given_a_compressed_body_when_the_route_takes_none_then_it_is_never_decoded_either(watch, method, path):
    with watch.wire() as wire:
        wire.send(request(method, path, "Content-Encoding: gzip", bearer(KEY), body=gzip_bomb(MIB)))
        assert 400 <= wire.answer().status < 500
