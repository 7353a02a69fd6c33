"""Tests of the real Lua listener with outdated peers, probing peers, and hundreds of peers that guess tokens."""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import zmq

from tests.link import zmtp_bytes as zmtp
from tests.link.lua_listener import TOKEN, LuaListener, hello, is_closed_by_peer
from tests.waiting import PATIENCE_S, eventually

GUESSERS = 500
HANDSHAKES = 32
REFUSAL_DELAY_S = 0.1
"""A fifth of the default, so that the queue is processed within seconds."""
GUESS = zmtp.opening("PLAIN", "a-token-that-is-wrong")
REFUSED = b"\x05ERROR\x03400"


@pytest.fixture
def context() -> Iterator[zmq.Context[Any]]:
    with zmq.Context() as context:
        yield context
        context.destroy(linger=0)


@pytest.fixture(params=["luasocket", "ffi"])
def listener(request: pytest.FixtureRequest) -> Iterator[LuaListener]:
    listener = LuaListener(request.param, max_handshakes=HANDSHAKES, refusal_delay_s=REFUSAL_DELAY_S, handshake_s=30)
    yield listener
    listener.kill()


@pytest.mark.parametrize("socket_type", [b"\x05", b"\x03"], ids=["DEALER", "REQ"])
def test_a_peer_of_zmtp_2_is_closed_and_logged_as_too_old(
    socket_type: bytes, listener: LuaListener, context: zmq.Context[Any]
) -> None:
    """As libzmq 3 does (RFC 15): it sends the signature first, and the rest once it knows the listener's version."""
    with listener.raw() as old:
        old.sendall(b"\xff" + bytes(7) + b"\x01\x7f")
        signature_and_version = old.recv(11, socket.MSG_WAITALL)
        assert signature_and_version == b"\xff" + bytes(8) + b"\x7f\x03"
        routing_id = b"\0\0"
        old.sendall(b"\x01" + socket_type + routing_id)
        assert is_closed_by_peer(old)
    assert listener.logs("the peer's ZMTP is older than 3.0")
    assert hello(listener.connect(context))["type"] == "welcome"


@pytest.mark.parametrize("kind", [zmq.DEALER, zmq.REQ])
def test_a_probe_is_not_a_message(kind: int, listener: LuaListener, context: zmq.Context[Any]) -> None:
    peer = listener.keep(context.socket(kind))
    peer.probe_router = 1
    peer.rcvtimeo = round(PATIENCE_S * 1000)
    peer.plain_username, peer.plain_password = b"timmy", TOKEN.encode()
    peer.connect(f"tcp://127.0.0.1:{listener.port}")
    assert hello(peer)["type"] == "welcome"


class Guessers:
    """Peers that send a wrong token and reconnect as soon as they are refused."""

    def __init__(self, port: int) -> None:
        self._address = ("127.0.0.1", port)
        self._selector = selectors.DefaultSelector()
        self._over = threading.Event()
        self.refused = 0

    def guess(self) -> None:
        """Connect once."""
        peer = socket.socket()
        peer.setblocking(False)
        peer.connect_ex(self._address)
        self._selector.register(peer, selectors.EVENT_WRITE, bytearray())

    def storm(self) -> None:
        """Send guesses until `end` is called."""
        for _ in range(GUESSERS):
            self.guess()
        while not self._over.is_set():
            for key, events in self._selector.select(0.1):
                self._progress(key, events)
        for key in list(self._selector.get_map().values()):
            self._close(key)
        self._selector.close()

    def end(self) -> None:
        """Stop the guesses."""
        self._over.set()

    def _progress(self, key: selectors.SelectorKey, events: int) -> None:
        peer, received = key.fileobj, key.data
        assert isinstance(peer, socket.socket)
        try:
            if events & selectors.EVENT_WRITE:
                peer.sendall(GUESS)
                self._selector.modify(peer, selectors.EVENT_READ, received)
                return
            chunk = peer.recv(65536)
        except OSError:
            chunk = b""
        received.extend(chunk)
        if not chunk or REFUSED in received:
            self.refused += REFUSED in received
            self._close(key)
            self.guess()

    def _close(self, key: selectors.SelectorKey) -> None:
        self._selector.unregister(key.fileobj)
        assert isinstance(key.fileobj, socket.socket)
        key.fileobj.close()


@contextmanager
def storming(port: int) -> Iterator[Guessers]:
    guessers = Guessers(port)
    thread = threading.Thread(target=guessers.storm)
    thread.start()
    try:
        yield guessers
    finally:
        guessers.end()
        thread.join()


@pytest.mark.timing
def test_a_new_client_is_served_while_five_hundred_peers_guess_tokens(
    listener: LuaListener, context: zmq.Context[Any]
) -> None:
    """The measure is the number of peers before it in the queue, not time, so a busy machine does not fail the test."""
    started = time.monotonic()
    with storming(listener.port) as guessers:
        eventually(lambda: guessers.refused > 2 * HANDSHAKES)
        before = guessers.refused
        newcomer = listener.connect(context, reconnect_ms=20)
        newcomer.rcvtimeo = round(PATIENCE_S * 1000)
        assert hello(newcomer)["type"] == "welcome"
        assert guessers.refused - before < 4 * GUESSERS
        rounds = (time.monotonic() - started) / REFUSAL_DELAY_S
        assert guessers.refused <= HANDSHAKES * (rounds + 1)
