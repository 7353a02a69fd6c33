from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import zmq
from zmq.auth.thread import ThreadAuthenticator

from tests.waiting import PATIENCE_S
from tests.wires import Babbler, Proxy, free_port
from timmy_actors.link import game_socket
from timmy_actors.link.codec import MAX_FRAME_BYTES
from timmy_actors.link.state import LinkState, Signal, advance, why_down

Socket = zmq.Socket[bytes]
TOKEN = "0123456789abcdef"


@pytest.fixture
def context() -> Iterator[zmq.Context[Socket]]:
    context: zmq.Context[Socket] = zmq.Context()
    yield context
    context.destroy(linger=0)


@contextmanager
def connected(
    context: zmq.Context[Any], address: str, token: str | None = None, heartbeat_s: float = 0.1
) -> Iterator[tuple[Socket, Socket]]:
    socket, monitor = game_socket.connect(context, address, token, heartbeat_s, 2 * heartbeat_s)
    yield socket, monitor
    socket.disable_monitor()
    socket.close(linger=0)
    monitor.close(linger=0)


def signals_until(monitor: Socket, last: Signal) -> list[Signal]:
    """The signals up to and including `last`."""
    signals: list[Signal] = []
    deadline = time.monotonic() + PATIENCE_S
    while last not in signals:
        assert monitor.poll(max(0, round((deadline - time.monotonic()) * 1000))), f"only {signals}"
        signal = game_socket.read_signal(monitor)
        if signal is not None:
            signals.append(signal)
    return signals


def reason_of(monitor: Socket) -> str:
    """The state machine's reason why the link went down."""
    state = LinkState.CONNECTING
    deadline = time.monotonic() + PATIENCE_S
    while monitor.poll(max(0, round((deadline - time.monotonic()) * 1000))):
        signal = game_socket.read_signal(monitor)
        before = state
        state = advance(state, signal) if signal is not None else state
        if state is LinkState.DOWN and signal is not None:
            return why_down(before, signal, silent_s=0.0, patience_s=1.0)
    raise AssertionError(f"the link did not go down, but is {state}")


@pytest.fixture
def peer(context: zmq.Context[Any]) -> Iterator[tuple[Socket, int]]:
    """A ROUTER that requires no token, and its port."""
    socket: Socket = context.socket(zmq.ROUTER)
    yield socket, socket.bind_to_random_port("tcp://127.0.0.1")
    socket.close(linger=0)


@pytest.fixture
def guarded(context: zmq.Context[Any]) -> Iterator[str]:
    """The address of a ROUTER that requires the token."""
    authenticator = ThreadAuthenticator(context)
    authenticator.start()
    authenticator.configure_plain(domain="*", passwords={game_socket.USERNAME.decode(): TOKEN})
    socket: Socket = context.socket(zmq.ROUTER)
    socket.plain_server = True
    yield f"tcp://127.0.0.1:{socket.bind_to_random_port('tcp://127.0.0.1')}"
    socket.close(linger=0)
    authenticator.stop()


def test_the_handshake_with_a_peer_succeeds(context: zmq.Context[Any], peer: tuple[Socket, int]) -> None:
    _, port = peer
    with connected(context, f"tcp://127.0.0.1:{port}") as (_, monitor):
        assert signals_until(monitor, Signal.HANDSHAKE_DONE) == [Signal.CONNECTED, Signal.HANDSHAKE_DONE]


def test_the_handshake_with_the_right_token_succeeds(context: zmq.Context[Any], guarded: str) -> None:
    with connected(context, guarded, TOKEN) as (_, monitor):
        assert signals_until(monitor, Signal.HANDSHAKE_DONE) == [Signal.CONNECTED, Signal.HANDSHAKE_DONE]


def test_a_wrong_token_is_reported(context: zmq.Context[Any], guarded: str) -> None:
    with connected(context, guarded, TOKEN[::-1]) as (_, monitor):
        assert "refused the token" in reason_of(monitor)


def test_a_standard_error_command_is_reported_as_a_refused_token(context: zmq.Context[Any]) -> None:
    greeting = b"\xff" + b"\0" * 8 + b"\x7f\x03\x01" + b"PLAIN".ljust(20, b"\0") + b"\x01" + b"\0" * 31
    error = b"\x04\x0a" + b"\x05ERROR" + b"\x03400"  # RFC 24 and 37, as the Lua listener sends it
    with Babbler(greeting + error) as listener, connected(context, listener.address, TOKEN) as (_, monitor):
        assert "refused the token" in reason_of(monitor)


def test_a_missing_token_ends_the_link(context: zmq.Context[Any], guarded: str) -> None:
    with connected(context, guarded) as (_, monitor):
        assert reason_of(monitor)


@pytest.mark.parametrize("token", [None, TOKEN])
def test_another_mechanism_is_reported(context: zmq.Context[Any], token: str | None) -> None:
    other = b"PLAIN" if token is None else b"NULL"
    greeting = b"\xff" + b"\0" * 8 + b"\x7f\x03\x01" + other.ljust(20, b"\0") + b"\0" * 32
    with Babbler(greeting) as listener, connected(context, listener.address, token) as (_, monitor):
        assert "another security mechanism" in reason_of(monitor)


def test_a_refused_connection_is_reported(context: zmq.Context[Any]) -> None:
    with connected(context, f"tcp://127.0.0.1:{free_port()}") as (_, monitor):
        assert "connection refused" in reason_of(monitor)


def test_a_mute_listener_is_reported(context: zmq.Context[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(game_socket, "HANDSHAKE_TIMEOUT_MS", 100)
    with Babbler() as mute, connected(context, mute.address) as (_, monitor):
        assert "did not finish the handshake" in reason_of(monitor)


def test_a_peer_that_closes_is_reported_as_dropped(context: zmq.Context[Any], peer: tuple[Socket, int]) -> None:
    router, port = peer
    with connected(context, f"tcp://127.0.0.1:{port}") as (_, monitor):
        signals_until(monitor, Signal.HANDSHAKE_DONE)
        router.close(linger=0)
        assert signals_until(monitor, Signal.DROPPED) == [Signal.DROPPED]


def test_a_frozen_peer_is_dropped_by_the_heartbeat(context: zmq.Context[Any], peer: tuple[Socket, int]) -> None:
    _, port = peer
    with Proxy(port) as proxy, connected(context, proxy.address) as (_, monitor):
        signals_until(monitor, Signal.HANDSHAKE_DONE)
        proxy.freeze()
        assert signals_until(monitor, Signal.DROPPED) == [Signal.DROPPED]


def test_the_socket_does_not_reconnect_by_itself(context: zmq.Context[Any], peer: tuple[Socket, int]) -> None:
    router, port = peer
    with connected(context, f"tcp://127.0.0.1:{port}") as (_, monitor):
        signals_until(monitor, Signal.HANDSHAKE_DONE)
        router.close(linger=0)
        signals_until(monitor, Signal.DROPPED)
        again: Socket = context.socket(zmq.ROUTER)
        again.bind(f"tcp://127.0.0.1:{port}")
        assert not again.poll(200)
        again.close(linger=0)
        assert not monitor.poll(0)


def test_a_message_sent_without_a_peer_is_not_queued_for_a_later_one(context: zmq.Context[Any]) -> None:
    with connected(context, f"tcp://127.0.0.1:{free_port()}") as (socket, _), pytest.raises(zmq.Again):
        socket.send(b"stale", zmq.NOBLOCK)


def test_a_message_over_the_limit_ends_the_link(context: zmq.Context[Any], peer: tuple[Socket, int]) -> None:
    router, port = peer
    with connected(context, f"tcp://127.0.0.1:{port}") as (socket, monitor):
        signals_until(monitor, Signal.HANDSHAKE_DONE)
        socket.send(b"hello")
        client, _ = router.recv_multipart()
        router.send_multipart([client, b"x" * (MAX_FRAME_BYTES + 1)])
        signals_until(monitor, Signal.DROPPED)


def test_a_quiet_monitor_has_no_signal(context: zmq.Context[Any], peer: tuple[Socket, int]) -> None:
    _, port = peer
    with connected(context, f"tcp://127.0.0.1:{port}") as (_, monitor):
        signals_until(monitor, Signal.HANDSHAKE_DONE)
        assert game_socket.read_signal(monitor) is None


def test_a_knock_says_whether_a_server_of_this_machine_listens() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        assert not game_socket.listens("127.0.0.1", port)
        server.listen()
        assert game_socket.listens("127.0.0.1", port)


def test_a_knock_that_gets_no_address_of_its_own_finds_no_server() -> None:
    assert not game_socket.listens("192.0.2.1", 7979)  # not this machine's, as if no port were free


@pytest.mark.parametrize(
    ("host", "is_ours"), [("127.0.0.1", True), ("127.1.2.3", True), ("10.0.0.1", False), ("timmy", False)]
)
def test_only_loopback_addresses_are_knocked_at(host: str, is_ours: bool) -> None:
    assert game_socket.is_loopback(host) is is_ours
