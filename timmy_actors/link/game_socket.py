"""The DEALER socket to a game server, its monitor events in words, and the resolver of its host name."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket
import threading
from collections.abc import Callable
from typing import Any, TypeAlias

import zmq

from timmy_actors.link.codec import MAX_FRAME_BYTES
from timmy_actors.link.state import Signal
from timmy_actors.system import read_event

OnResolved: TypeAlias = Callable[[str | None], object]
"""Called once, in another thread, with the IPv4 address, or None if the name could not be resolved."""


CONNECT_TIMEOUT_MS = 1_000
HANDSHAKE_TIMEOUT_MS = 1_500
"""A mute or frozen peer is detected after this; libzmq's default is 30 s."""
KNOCK_TIMEOUT_S = 0.02
UP_WITHIN_S = 4.0
"""The longest time from opening the socket to the welcome."""
HIGH_WATER_MARK = 1_000
"""Messages in each of libzmq's queues. A full queue means that the peer has stopped reading, so the link is lost."""
USERNAME = b"timmy"
"""PLAIN requires a user name; only the token is checked."""
_SIGNALS: dict[int, Signal] = {
    zmq.Event.CONNECTED: Signal.CONNECTED,
    zmq.Event.HANDSHAKE_SUCCEEDED: Signal.HANDSHAKE_DONE,
    zmq.Event.HANDSHAKE_FAILED_AUTH: Signal.REJECTED,
    # libzmq 4.3.5 misspells the ERROR command of PLAIN, so it takes a correct one for a protocol failure.
    zmq.Event.HANDSHAKE_FAILED_PROTOCOL: Signal.REJECTED,
    zmq.Event.HANDSHAKE_FAILED_NO_DETAIL: Signal.REFUSED,
    zmq.Event.DISCONNECTED: Signal.DROPPED,
    zmq.Event.CLOSED: Signal.REFUSED,
}
_BY_VALUE: dict[tuple[int, int], Signal] = {
    (zmq.Event.HANDSHAKE_FAILED_NO_DETAIL, errno.EAGAIN): Signal.MUTE,  # HANDSHAKE_IVL expired
    (zmq.Event.HANDSHAKE_FAILED_PROTOCOL, 0x11000002): Signal.MISMATCHED,  # ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH
}
"""Events whose value is more specific than their number."""
_MASK = sum(_SIGNALS)


class Resolver:
    """Resolves names in threads. It outlives the connections, so that each name has one lookup at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, list[OnResolved]] = {}

    def __call__(self, host: str, on_resolved: OnResolved) -> None:
        """Resolve `host` and call `on_resolved`."""
        with self._lock:
            callbacks = self._waiting.setdefault(host, [])
            callbacks.append(on_resolved)
            if len(callbacks) > 1:
                return
        threading.Thread(target=self._look_up, args=(host,), name=f"lookup of {host}", daemon=True).start()

    def _look_up(self, host: str) -> None:
        address: str | None = None
        with contextlib.suppress(
            OSError, UnicodeError
        ):  # unknown host, or no name service: the next incarnation tries again
            address = str(socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)[0][4][0])
        with self._lock:
            callbacks = self._waiting.pop(host)
        for on_resolved in callbacks:
            on_resolved(address)


def is_loopback(host: str) -> bool:
    """Whether `host` is an IPv4 address of this machine alone."""
    return is_numeric(host) and ipaddress.IPv4Address(host).is_loopback


def listens(host: str, port: int) -> bool:
    """Whether a server listens at this loopback address: a TCP connection, closed at once, which takes 50 us."""
    with socket.socket() as knocking:
        knocking.settimeout(KNOCK_TIMEOUT_S)
        try:
            knocking.bind((host, 0))
            if knocking.getsockname()[1] == port:  # it would connect to itself
                return False
            knocking.connect((host, port))
        except OSError as error:
            return isinstance(error, TimeoutError)  # its queue of connections is full
        return True


def is_numeric(host: str) -> bool:
    """Whether `host` is an IPv4 address, which needs no lookup."""
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def connect(
    context: zmq.Context[Any], address: str, token: str | None, heartbeat_interval_s: float, patience_s: float
) -> tuple[zmq.Socket[bytes], zmq.Socket[bytes]]:
    """Open a new DEALER that connects to `address`; returns it and its monitor."""
    socket: zmq.Socket[bytes] = context.socket(zmq.DEALER)
    socket.linger = 0
    socket.immediate = 1
    # The supervisor reconnects: libzmq would send a new server the messages queued for its predecessor.
    socket.reconnect_ivl = -1
    socket.connect_timeout = CONNECT_TIMEOUT_MS
    socket.handshake_ivl = HANDSHAKE_TIMEOUT_MS
    socket.heartbeat_ivl = round(heartbeat_interval_s * 1000)
    socket.heartbeat_timeout = round(patience_s * 1000)
    socket.heartbeat_ttl = round(patience_s * 1000)
    socket.sndhwm = socket.rcvhwm = HIGH_WATER_MARK
    socket.maxmsgsize = MAX_FRAME_BYTES
    if token is not None:
        socket.plain_username = USERNAME
        socket.plain_password = token.encode()
    monitor: zmq.Socket[bytes] = socket.get_monitor_socket(_MASK)
    socket.connect(address)
    return socket, monitor


def read_signal(monitor: zmq.Socket[bytes]) -> Signal | None:
    """The next signal of a link's monitor, or None."""
    event = read_event(monitor)
    return None if event is None else _BY_VALUE.get(event) or _SIGNALS.get(event[0])
