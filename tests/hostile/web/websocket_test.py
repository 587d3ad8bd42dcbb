# SPDX-License-Identifier: Apache-2.0
"""A WebSocket's upgrade, which is a request like any other (E06, B02), and frames that no honest peer sends (A11, A08)."""

import contextlib
import gc
import time

import pytest

from harness.oracles import SLOW, STATUSES, Footprint, Watch
from harness.server import Server
from harness.wait import wait_for
from harness.websocket import BINARY, CLOSE, CONTINUATION, FIN, PING, PONG, RSV1, RSV2, RSV3, TEXT, Frame, Peer, close_payload, frame, upgrade
from harness.wire import bearer, request

KEY = "right-key-0123456789"
PATH = "/test/ws"
LIMIT = 8 << 20


@pytest.fixture(scope="module")
def server(engine):
    made = Server(engine, {"MCP_API_KEY": KEY, "ALLOWED_HOSTS": "allowed.test"})
    made.arguments.append("--test-websocket")
    yield made.start()
    made.discard()


@pytest.fixture(scope="module")
def watch(server):
    with Watch(server, canaries=[KEY], statuses=STATUSES | {101, 426}) as watching:
        yield watching


@pytest.fixture
def connect(watch):
    """Opens WebSockets that end with the test."""
    with contextlib.ExitStack() as stack:
        def connect(*fields, **options):
            peer = Peer(stack.enter_context(watch.wire(**options)))
            peer.answered = peer.open(bearer(KEY), *fields)
            return peer
        yield connect


def status(watch, data):
    with watch.wire() as wire:
        wire.send(data)
        return int(wire.take_line()[9:12])


def answer(watch, data):
    with watch.wire() as wire:
        wire.send(data)
        return wire.answer()


# The upgrade.

@pytest.mark.parametrize("origin,with_key,expected", [
    (None, True, 101), ("http://127.0.0.1", True, 101), ("http://localhost:3000", True, 101), ("https://allowed.test", True, 101),
    ("http://evil.test", True, 403), ("null", True, 403), ("http://allowed.test.evil.test", True, 403), ("", True, 403),
    ("http://evil.test", False, 403), ("null", False, 403),
    (None, False, 401), ("http://localhost:3000", False, 401), ("https://allowed.test", False, 401)])
def test_given_an_origin_and_a_key_when_a_websocket_is_asked_for_then_the_gate_decides_before_it(watch, origin, with_key, expected):
    fields = ([bearer(KEY)] if with_key else []) + ([] if origin is None else [f"Origin: {origin}"])
    assert status(watch, upgrade(*fields)) == expected


@pytest.mark.parametrize("host", ["evil.test", "localhost.evil.test", "0.0.0.0", "127.1"])
def test_given_a_foreign_host_when_a_websocket_is_asked_for_then_it_is_refused(watch, host):
    assert status(watch, upgrade(bearer(KEY), host=host)) == 403


@pytest.mark.parametrize("key", [bearer("wrong-key-0123456789"), f"Sec-WebSocket-Protocol: {KEY}", f"Cookie: key={KEY}", f"X-Key: {KEY}"])
def test_given_a_key_that_is_wrong_or_elsewhere_when_a_websocket_is_asked_for_then_it_is_401(watch, key):
    assert status(watch, upgrade(key)) == 401
    assert status(watch, upgrade(path=f"{PATH}?key=wrong")) == 401


@pytest.mark.parametrize("path", ["//test/ws", "/test//ws", "/test%2fws", "/test/ws;x", "/x/../test/ws", "/./test/ws", "/TEST/ws"])
def test_given_a_variant_of_the_path_when_a_websocket_is_asked_for_then_there_is_none_without_the_key(watch, path):
    assert 400 <= status(watch, upgrade(path=path)) < 500


@pytest.mark.parametrize("fields", [
    [], ["Upgrade: websocket"], ["Connection: Upgrade"], ["Connection: Upgrade", "Upgrade: h2c"]])
def test_given_no_whole_upgrade_when_the_route_is_called_then_426_names_what_is_served(watch, fields):
    refused = answer(watch, request("GET", PATH, bearer(KEY), *fields))
    assert refused.status == 426 and refused.header("Upgrade") == "websocket" and refused.is_typed()


@pytest.mark.parametrize("version", ["", "0", "8", "12", "14", "013", "13, 8", "13.0", "-13"])
def test_given_another_version_when_a_websocket_is_asked_for_then_426_names_13(watch, version):
    refused = answer(watch, upgrade(bearer(KEY), version=version))
    assert refused.status == 426 and refused.header("Sec-WebSocket-Version") == "13"


@pytest.mark.parametrize("key", ["", "short", "A" * 24, "A" * 22 + "=", "A" * 22 + "===", "A" * 21 + "===", "A" * 21 + "_==", "A" * 4000 + "=="])
def test_given_a_key_of_another_form_when_a_websocket_is_asked_for_then_it_is_400(watch, key):
    assert answer(watch, upgrade(bearer(KEY), key=key)).status == 400


def test_given_two_keys_or_a_body_when_a_websocket_is_asked_for_then_it_is_400(watch):
    assert answer(watch, upgrade(bearer(KEY), "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")).status == 400
    assert answer(watch, upgrade(bearer(KEY), "Content-Length: 8") + frame(FIN | TEXT, b"hi")).status == 400


@pytest.mark.parametrize("offer", [
    "permessage-deflate", "permessage-deflate; client_max_window_bits", "permessage-deflate; server_no_context_takeover; server_max_window_bits=8",
    "permessage-deflate, permessage-deflate", "x-webkit-deflate-frame", "permessage-bzip2", ",,,;", "permessage-deflate; client_max_window_bits=99999"])
def test_given_an_offer_of_compression_when_upgraded_then_it_is_not_taken_and_compressed_frames_are_an_error(connect, offer):
    peer = connect(f"Sec-WebSocket-Extensions: {offer}")
    assert "sec-websocket-extensions" not in peer.answered
    peer.echo()
    peer.send(frame(FIN | RSV1 | TEXT, b"\xcaH\xcd\xc9\xc9\x07\x00"))
    assert peer.close_code() == 1002


@pytest.mark.parametrize("offer,chosen", [(None, None), ("tty", "tty"), ("binary, tty", "tty"), ("vnc", None), ("TTYX", None), ("tty\x01", None)])
def test_given_offered_protocols_when_upgraded_then_only_the_routes_own_can_be_chosen(watch, connect, offer, chosen):
    if offer and "\x01" in offer:
        assert status(watch, upgrade(bearer(KEY), f"Sec-WebSocket-Protocol: {offer}")) == 400
        return
    peer = connect(*([f"Sec-WebSocket-Protocol: {offer}"] if offer else []))
    assert peer.answered.get("sec-websocket-protocol") == chosen


# Frames.

HALF = frame(TEXT, b"half")
WRONG = {
    "unmasked": (frame(FIN | TEXT, b"x", mask=None), 1002),
    "unmasked ping": (frame(FIN | PING, b"x", mask=None), 1002),
    "rsv1": (frame(FIN | RSV1 | TEXT, b"x"), 1002),
    "rsv2": (frame(FIN | RSV2 | BINARY, b"x"), 1002),
    "rsv3": (frame(FIN | RSV3 | BINARY, b"x"), 1002),
    "rsv1 of a ping": (frame(FIN | RSV1 | PING), 1002),
    "rsv1 of a continuation": (HALF + frame(FIN | RSV1 | CONTINUATION, b"x"), 1002),
    **{f"opcode {code:x}": (frame(FIN | code, b"x"), 1002) for code in (0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF)},
    "2^63 bytes": (frame(FIN | BINARY, length=1 << 63), 1009),
    "2^64 - 1 bytes": (frame(FIN | BINARY, length=(1 << 64) - 1), 1009),
    "2^63 bytes of a ping": (frame(FIN | PING, length=1 << 63), 1002),
    "a byte too many": (frame(FIN | BINARY, length=LIMIT + 1), 1009),
    "too many bytes in sum": (frame(BINARY, b"x" * 100) + frame(CONTINUATION, length=LIMIT), 1009),
    "2^64 in sum": (frame(BINARY, b"x" * 100) + frame(CONTINUATION, length=(1 << 64) - 50), 1009),
    "a length of 16 bits that needs 7": (b"\x82\xfe\x00\x05" + bytes(4) + b"hello", 1002),
    "a length of 64 bits that needs 16": (b"\x82\xff" + (500).to_bytes(8, "big") + bytes(4) + b"x" * 500, 1002),
    "fragmented ping": (frame(PING, b"x"), 1002),
    "fragmented pong": (frame(PONG, b"x"), 1002),
    "fragmented close": (frame(CLOSE, close_payload(1000)), 1002),
    "ping of 126 bytes": (frame(FIN | PING, b"x" * 126), 1002),
    "continuation of nothing": (frame(FIN | CONTINUATION, b"x"), 1002),
    "text within text": (HALF + frame(FIN | TEXT, b"x"), 1002),
    "invalid utf-8": (frame(FIN | TEXT, b"\xc3\x28"), 1007),
    "overlong utf-8": (frame(FIN | TEXT, b"\xc0\xaf"), 1007),
    "surrogate": (frame(FIN | TEXT, b"\xed\xa0\x80"), 1007),
    "beyond unicode": (frame(FIN | TEXT, b"\xf4\x90\x80\x80"), 1007),
    "half a character": (frame(FIN | TEXT, b"abc\xe2\x82"), 1007),
    "invalid utf-8 over two frames": (frame(TEXT, b"\xc3") + frame(FIN | CONTINUATION, b"\x28"), 1007),
    "invalid utf-8 in what is not whole yet": (frame(TEXT, b"\xff"), 1007),
    "close of one byte": (frame(FIN | CLOSE, b"x"), 1002),
    "close with an invalid reason": (frame(FIN | CLOSE, close_payload(1000, b"\xff")), 1002),
    **{f"close with {code}": (frame(FIN | CLOSE, close_payload(code)), 1002) for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999)},
}


@pytest.mark.parametrize("data,code", WRONG.values(), ids=WRONG)
def test_given_a_frame_the_standard_forbids_when_sent_then_the_close_says_so(connect, data, code):
    peer = connect()
    peer.echo()
    peer.send(data)
    assert peer.close_code() == code


@pytest.mark.parametrize("code,reason", [(1000, b""), (1001, b"bye"), (3000, "grüß".encode()), (4999, b"x" * 123)])
def test_given_a_close_when_data_follows_it_then_only_the_close_is_answered(connect, code, reason):
    peer = connect()
    peer.send(frame(FIN | CLOSE, close_payload(code, reason)), frame(FIN | TEXT, b"late"), frame(FIN | PING), frame(FIN | CLOSE))
    assert peer.next() == Frame(FIN | CLOSE, close_payload(code))
    assert peer.next() is None


@pytest.mark.parametrize("asked,code", [("close 1000 done", 1000), ("close 4001 why", 4001), ("close 1006 never", 1000), ("close 0", 1000), ("close 70000", 1000)])
def test_given_a_server_that_closes_when_it_is_told_a_code_then_only_codes_that_may_be_sent_are(connect, asked, code):
    peer = connect()
    peer.send(frame(FIN | TEXT, asked.encode()))
    closed = peer.next()
    assert closed.head == FIN | CLOSE and int.from_bytes(closed.payload[:2], "big") == code
    peer.send(frame(FIN | CLOSE, close_payload(code)))
    assert peer.next() is None


def test_given_messages_up_to_the_limit_when_sent_then_they_come_back(connect):
    peer = connect()
    for size in (0, 1, 125, 126, 65535, 65536, LIMIT):
        data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
        peer.send(frame(FIN | BINARY, data))
        assert peer.next() == Frame(FIN | BINARY, data), size


def test_given_a_million_fragments_of_one_byte_when_sent_then_it_ends_early_and_costs_little(watch, connect):
    peer = connect()
    fragment = frame(CONTINUATION, b"x")
    with watch.cost() as cost:
        peer.send(frame(BINARY, b"x"))
        sent = 0
        while sent < 1_000_000 and peer.send(fragment * 10_000):
            sent += 10_000
        assert peer.close_code() in (1008, None), "nobody minded"
    cost.check(1, cpu_ms=1000, rss_kib=2048)


def test_given_fragments_of_nothing_when_they_do_not_end_then_the_server_ends_it(watch, connect):
    peer = connect()
    fragment = frame(CONTINUATION)
    with watch.cost() as cost:
        peer.send(frame(BINARY))
        sent = 0
        while sent < 5_000_000 and peer.send(fragment * 50_000):
            sent += 50_000
    assert sent < 5_000_000, "nobody minded"
    cost.check(1, cpu_ms=1000, rss_kib=1024)


@pytest.mark.parametrize("kind", [PING, PONG])
def test_given_ten_thousand_pings_a_second_when_sent_for_long_then_the_peer_is_told_to_stop_and_the_cpu_rests(watch, connect, kind):
    peer = connect()
    with watch.cost() as cost:
        begin = time.monotonic()
        while time.monotonic() - begin < 10 and peer.send(frame(FIN | kind, b"x" * 125) * 100):
            time.sleep(0.01)
        assert time.monotonic() - begin < 10, "nobody minded"
        assert peer.close_code() in (1008, None)
    cost.check(1, cpu_ms=500, rss_kib=1024)


def test_given_a_flood_of_pings_when_its_answers_are_read_then_the_close_names_the_policy(connect):
    peer = connect()
    peer.send(frame(FIN | PING, b"abc") * 300)
    assert peer.next() == Frame(FIN | PONG, b"abc")
    assert peer.close_code() == 1008


def test_given_a_peer_that_does_not_read_when_much_is_sent_back_then_it_is_cut_off_and_memory_stays(watch, connect):
    before = Footprint(watch.server)
    peer = connect(receive_buffer=4096, timeout=0.5)
    message = frame(FIN | BINARY, b"x" * (1 << 20))
    sent, most, begin = 0, 0, time.monotonic()
    with contextlib.suppress(TimeoutError):  # the server does not read on: that is the pause
        while sent < 200 and peer.send(message):
            sent += 1
    assert sent < 60, "the server takes more than it can give back"

    def is_cut_off():
        nonlocal most
        most = max(most, Footprint(watch.server).rss_kib)
        return Footprint(watch.server).sockets <= before.sockets
    wait_for(is_cut_off, 20, 0.2)
    assert 3 < time.monotonic() - begin < 20
    assert most - before.rss_kib < 24 * 1024 * (4 if SLOW else 1)


def test_given_a_thousand_websockets_when_each_was_open_then_nothing_is_left(watch):
    before = Footprint(watch.server)
    for i in range(1000):
        with watch.wire() as wire:
            peer = Peer(wire)
            peer.open(bearer(KEY))
            peer.echo()
            if i % 3 == 0:
                peer.send(frame(FIN | CLOSE, close_payload(1000)))
                assert peer.next() == Frame(FIN | CLOSE, close_payload(1000))
            elif i % 3 == 1:
                peer.send(frame(TEXT, b"and gone in the middle"))
    wait_for(lambda: Footprint(watch.server).is_back_at(before, slack=2), 20, 0.2)
    assert Footprint(watch.server).rss_kib - before.rss_kib < 4096 * (4 if SLOW else 1)


def test_given_idle_websockets_when_there_are_many_then_each_is_small(watch):
    before = Footprint(watch.server)
    count = 500
    with contextlib.ExitStack() as stack:
        peers = [Peer(stack.enter_context(watch.wire())) for _ in range(count)]
        for peer in peers:
            peer.open(bearer(KEY))
        with_them = Footprint(watch.server)
        gc.collect()
        assert (with_them.rss_kib - before.rss_kib) / count <= (16 if not SLOW else 200), (before, with_them)
        peers[-1].echo()
    wait_for(lambda: Footprint(watch.server).is_back_at(before, slack=2), 20, 0.2)


def test_given_open_websockets_when_the_server_stops_then_they_end_with_going_away(engine):
    server = Server(engine, {"MCP_API_KEY": KEY})
    server.arguments.append("--test-websocket")
    try:
        server.start()
        with Watch(server, statuses=STATUSES | {101}).wire() as wire:
            peer = Peer(wire)
            peer.open(bearer(KEY))
            peer.echo()
            begin = time.monotonic()
            server.process.terminate()
            closed = peer.next()
            assert closed.head == FIN | CLOSE and int.from_bytes(closed.payload[:2], "big") == 1001
            peer.send(frame(FIN | CLOSE, close_payload(1001)))
            assert peer.next() is None
            wire.socket.close()
            assert server.stop() == 0
            assert time.monotonic() - begin < 10
    finally:
        server.discard()


def test_given_the_server_as_it_is_served_when_the_table_is_printed_then_the_test_route_is_not_in_it(server):
    assert PATH not in server.command("--dump-routes").stdout
    assert "test-websocket" not in server.command("serve", "--help").stdout
