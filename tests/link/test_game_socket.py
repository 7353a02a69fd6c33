from __future__ import annotations

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
    made: zmq.Context[Socket] = zmq.Context()
    yield made
    made.destroy(linger=0)


@contextmanager
def dealing(
    context: zmq.Context[Any], address: str, token: str | None = None, heartbeat_s: float = 0.1
) -> Iterator[tuple[Socket, Socket]]:
    socket, monitor = game_socket.connect(context, address, token, heartbeat_s, 2 * heartbeat_s)
    yield socket, monitor
    socket.disable_monitor()
    socket.close(linger=0)
    monitor.close(linger=0)


def heard(monitor: Socket, last: Signal) -> list[Signal]:
    """The signals up to `last`."""
    signals: list[Signal] = []
    deadline = time.monotonic() + PATIENCE_S
    while last not in signals:
        assert monitor.poll(max(0, round((deadline - time.monotonic()) * 1000))), f"only {signals}"
        signal = game_socket.read_signal(monitor)
        if signal is not None:
            signals.append(signal)
    return signals


def reason_of(monitor: Socket) -> str:
    """Why the link went down, as the state machine has it."""
    state = LinkState.CONNECTING
    deadline = time.monotonic() + PATIENCE_S
    while monitor.poll(max(0, round((deadline - time.monotonic()) * 1000))):
        signal = game_socket.read_signal(monitor)
        before = state
        state = advance(state, signal) if signal is not None else state
        if state is LinkState.DOWN and signal is not None:
            return why_down(before, signal, silent_s=0.0, patience_s=1.0)
    raise AssertionError(f"never down, but {state}")


@pytest.fixture
def peer(context: zmq.Context[Any]) -> Iterator[tuple[Socket, int]]:
    """A ROUTER that asks for no token, and its port."""
    socket: Socket = context.socket(zmq.ROUTER)
    yield socket, socket.bind_to_random_port("tcp://127.0.0.1")
    socket.close(linger=0)


@pytest.fixture
def guarded(context: zmq.Context[Any]) -> Iterator[str]:
    """A ROUTER that asks for the token; its address."""
    authenticator = ThreadAuthenticator(context)
    authenticator.start()
    authenticator.configure_plain(domain="*", passwords={game_socket.USERNAME.decode(): TOKEN})
    socket: Socket = context.socket(zmq.ROUTER)
    socket.plain_server = True
    yield f"tcp://127.0.0.1:{socket.bind_to_random_port('tcp://127.0.0.1')}"
    socket.close(linger=0)
    authenticator.stop()


def test_a_peer_that_is_there_is_connected_and_shakes_hands(
    context: zmq.Context[Any], peer: tuple[Socket, int]
) -> None:
    _, port = peer
    with dealing(context, f"tcp://127.0.0.1:{port}") as (_, monitor):
        assert heard(monitor, Signal.HANDSHAKEN) == [Signal.CONNECTED, Signal.HANDSHAKEN]


def test_the_right_token_shakes_hands(context: zmq.Context[Any], guarded: str) -> None:
    with dealing(context, guarded, TOKEN) as (_, monitor):
        assert heard(monitor, Signal.HANDSHAKEN) == [Signal.CONNECTED, Signal.HANDSHAKEN]


def test_a_wrong_token_is_told_as_such(context: zmq.Context[Any], guarded: str) -> None:
    with dealing(context, guarded, TOKEN[::-1]) as (_, monitor):
        assert "refused the token" in reason_of(monitor)


def test_a_refusal_as_the_standard_words_it_is_told_as_a_refused_token(context: zmq.Context[Any]) -> None:
    greeting = b"\xff" + b"\0" * 8 + b"\x7f\x03\x01" + b"PLAIN".ljust(20, b"\0") + b"\x01" + b"\0" * 31
    error = b"\x04\x0a" + b"\x05ERROR" + b"\x03400"  # RFC 24 and 37, as the Lua listener says it
    with Babbler(greeting + error) as listener, dealing(context, listener.address, TOKEN) as (_, monitor):
        assert "refused the token" in reason_of(monitor)


def test_no_token_where_one_is_asked_for_ends_the_link(context: zmq.Context[Any], guarded: str) -> None:
    with dealing(context, guarded) as (_, monitor):
        assert reason_of(monitor)


@pytest.mark.parametrize("token", [None, TOKEN])
def test_another_mechanism_is_told_as_such(context: zmq.Context[Any], token: str | None) -> None:
    other = b"PLAIN" if token is None else b"NULL"
    greeting = b"\xff" + b"\0" * 8 + b"\x7f\x03\x01" + other.ljust(20, b"\0") + b"\0" * 32
    with Babbler(greeting) as listener, dealing(context, listener.address, token) as (_, monitor):
        assert "another security mechanism" in reason_of(monitor)


def test_where_nobody_listens_is_told_as_such(context: zmq.Context[Any]) -> None:
    with dealing(context, f"tcp://127.0.0.1:{free_port()}") as (_, monitor):
        assert "nobody listens there" in reason_of(monitor)


def test_a_listener_that_says_nothing_is_told_as_such(
    context: zmq.Context[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(game_socket, "HANDSHAKE_TIMEOUT_MS", 100)
    with Babbler() as mute, dealing(context, mute.address) as (_, monitor):
        assert "did not finish the handshake" in reason_of(monitor)


def test_a_peer_that_closes_is_told_as_such(context: zmq.Context[Any], peer: tuple[Socket, int]) -> None:
    router, port = peer
    with dealing(context, f"tcp://127.0.0.1:{port}") as (_, monitor):
        heard(monitor, Signal.HANDSHAKEN)
        router.close(linger=0)
        assert heard(monitor, Signal.DROPPED) == [Signal.DROPPED]


def test_a_frozen_peer_is_told_as_closed_by_the_heartbeat(context: zmq.Context[Any], peer: tuple[Socket, int]) -> None:
    _, port = peer
    with Proxy(port) as proxy, dealing(context, proxy.address) as (_, monitor):
        heard(monitor, Signal.HANDSHAKEN)
        proxy.freeze()
        assert heard(monitor, Signal.DROPPED) == [Signal.DROPPED]


def test_it_never_connects_again_by_itself(context: zmq.Context[Any], peer: tuple[Socket, int]) -> None:
    router, port = peer
    with dealing(context, f"tcp://127.0.0.1:{port}") as (_, monitor):
        heard(monitor, Signal.HANDSHAKEN)
        router.close(linger=0)
        heard(monitor, Signal.DROPPED)
        again: Socket = context.socket(zmq.ROUTER)
        again.bind(f"tcp://127.0.0.1:{port}")
        assert not again.poll(200)
        again.close(linger=0)
        assert not monitor.poll(0)


def test_what_is_sent_before_there_is_a_peer_is_not_queued_for_a_later_one(context: zmq.Context[Any]) -> None:
    with dealing(context, f"tcp://127.0.0.1:{free_port()}") as (socket, _), pytest.raises(zmq.Again):
        socket.send(b"stale", zmq.NOBLOCK)


def test_a_message_over_the_limit_ends_the_link(context: zmq.Context[Any], peer: tuple[Socket, int]) -> None:
    router, port = peer
    with dealing(context, f"tcp://127.0.0.1:{port}") as (socket, monitor):
        heard(monitor, Signal.HANDSHAKEN)
        socket.send(b"hello")
        client, _ = router.recv_multipart()
        router.send_multipart([client, b"x" * (MAX_FRAME_BYTES + 1)])
        heard(monitor, Signal.DROPPED)


def test_a_quiet_monitor_has_nothing_to_say(context: zmq.Context[Any], peer: tuple[Socket, int]) -> None:
    _, port = peer
    with dealing(context, f"tcp://127.0.0.1:{port}") as (_, monitor):
        heard(monitor, Signal.HANDSHAKEN)
        assert game_socket.read_signal(monitor) is None
