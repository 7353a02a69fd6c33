"""The DEALER socket to the game and its monitor, with the options that `docs/protocol.md` gives reasons for."""

from __future__ import annotations

import errno
from typing import Any

import zmq

from timmy_actors.link.codec import MAX_FRAME_BYTES
from timmy_actors.link.state import Signal
from timmy_actors.system import read_event

CONNECT_TIMEOUT_MS = 1_000
HANDSHAKE_TIMEOUT_MS = 1_500
"""A mute or frozen peer is noticed after this; libzmq's own default is 30 s."""
UP_WITHIN_S = 4.0
"""From the socket's opening to the welcome, all in all."""
HIGH_WATER_MARK = 1_000
"""Messages in libzmq's hands, each way. Beyond them the peer has stopped reading and the link counts as lost."""
USERNAME = b"timmy"
"""PLAIN wants one; the token is what is checked."""

_SIGNALS: dict[int, Signal] = {
    zmq.Event.CONNECTED: Signal.CONNECTED,
    zmq.Event.HANDSHAKE_SUCCEEDED: Signal.HANDSHAKEN,
    zmq.Event.HANDSHAKE_FAILED_AUTH: Signal.REJECTED,
    # libzmq 4.3.5 misspells the ERROR command in its PLAIN client: a refused token shows as a protocol failure.
    zmq.Event.HANDSHAKE_FAILED_PROTOCOL: Signal.REJECTED,
    zmq.Event.HANDSHAKE_FAILED_NO_DETAIL: Signal.REFUSED,
    zmq.Event.DISCONNECTED: Signal.DROPPED,
    zmq.Event.CLOSED: Signal.REFUSED,
}
_BY_VALUE: dict[tuple[int, int], Signal] = {
    (zmq.Event.HANDSHAKE_FAILED_NO_DETAIL, errno.EAGAIN): Signal.MUTE,  # HANDSHAKE_IVL ran out
    (zmq.Event.HANDSHAKE_FAILED_PROTOCOL, 0x11000002): Signal.MISMATCHED,  # ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH
}
"""Events whose value says more than their number."""
_MASK = sum(_SIGNALS)


def connect(
    context: zmq.Context[Any], address: str, token: str | None, heartbeat_interval_s: float, patience_s: float
) -> tuple[zmq.Socket[bytes], zmq.Socket[bytes]]:
    """Open a fresh DEALER towards `address`; returns it and its monitor."""
    socket: zmq.Socket[bytes] = context.socket(zmq.DEALER)
    socket.linger = 0
    socket.immediate = 1
    socket.reconnect_ivl = (
        -1
    )  # who reconnects is the supervisor: libzmq would replay what was meant for an older server
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
    """What the monitor of a link has to say, if anything."""
    event = read_event(monitor)
    return None if event is None else _BY_VALUE.get(event) or _SIGNALS.get(event[0])
