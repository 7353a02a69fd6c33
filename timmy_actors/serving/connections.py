"""Maps connections of a socket to clients: libzmq reports that a connection ended, but not which client had it."""

from __future__ import annotations

import contextlib
import logging
import os
import socket as sockets
from collections import deque
from typing import Any

import zmq

from timmy_actors.serving.listeners import Listener
from timmy_actors.system import read_event

log = logging.getLogger(__name__)

SPEAK_WITHIN_S = 5.0
"""How often to call `end_silent`: a connection without a message lasts at least this long, and at most twice that."""
MOST_NAMED = 64
"""How many of the processes already logged are remembered."""


class Connections:
    """Follows the monitor of a ROUTER socket.

    A connection is identified by its file descriptor: the monitor's events have it, and so does each message
    (`ZMQ_SRCFD`). The system reuses a descriptor after its connection is closed. The monitor reports that end and the
    next start in order, and before any message of the new connection; but what the ended connection had sent may be
    read afterwards, among the messages of the new one. libzmq numbers its routing ids, so the older is recognised.
    """

    def __init__(self, socket: zmq.Socket[bytes], listener: Listener) -> None:
        self.monitor: zmq.Socket[bytes] = socket.get_monitor_socket(zmq.EVENT_ACCEPTED | zmq.EVENT_DISCONNECTED)
        self._listener = listener
        self._clients: dict[int, bytes | None] = {}
        """Clients by open connection, the oldest first; None: no message came on it yet."""
        self._silent: set[int] = set()
        """Connections that the next `end_silent` ends unless a message comes on them."""
        self._some_are_old = False
        self._replaced: list[bytes] = []
        """Clients whose end was reported before their first message was read."""
        self._named: deque[str] = deque(maxlen=MOST_NAMED)

    def gone(self) -> list[bytes]:
        """The clients whose connections ended since the last call."""
        gone, self._replaced = self._replaced, []
        while (event := read_event(self.monitor)) is not None:
            number, descriptor = event
            self._silent.discard(descriptor)
            client = self._clients.pop(descriptor, None)
            if client is not None:
                gone.append(client)
            if number == zmq.EVENT_ACCEPTED:
                self._clients[descriptor] = None
                self._make_room()
        return gone

    def note(self, frames: list[zmq.Frame]) -> bool:
        """Record a message, whose first frame is the client's routing id. Call `gone` first.

        Returns:
            Whether to answer it: not when its connection has ended, when its client is older than ZMTP 3.0, or when it
            is a probe (`ZMQ_PROBE_ROUTER`).
        """
        try:
            descriptor: Any = frames[-1].get(zmq.SRCFD)
        except zmq.ZMQError:
            self._some_are_old = (
                True  # below ZMTP 3 messages have no descriptor, so this client's end would not be recognised
            )
            return False
        if descriptor not in self._clients:
            return False
        client, last = frames[0].bytes, self._clients[descriptor]
        if last is not None and _is_older(client, last):
            return False
        if last is not None and _is_older(last, client):
            self._replaced.append(last)
        self._clients[descriptor] = client
        return not (client != last and len(frames) == 2 and not frames[-1].bytes)

    def end_silent(self) -> None:
        """Shut down the connections without a message since the last call whose clients may wait for an answer.

        libzmq ignores a client whose routing id another client has, and does not report it.
        """
        silent = [descriptor for descriptor, client in self._clients.items() if client is None]
        some_are_chosen = any(client and not _is_generated(client) for client in self._clients.values())
        suspects = set(silent if some_are_chosen or self._some_are_old else silent[1:])
        for descriptor in suspects & self._silent:
            self._end(descriptor)
        self._silent = suspects

    def _make_room(self) -> None:
        """End the oldest silent connection, if there are more than the listener's most."""
        if len(self._clients) > self._listener.most:
            oldest = next((descriptor for descriptor, client in self._clients.items() if client is None), None)
            if oldest is not None:
                with contextlib.suppress(OSError):  # it has ended by itself
                    shut_down(oldest, self._listener)

    def close(self, socket: zmq.Socket[bytes]) -> None:
        """Stop following the socket's monitor."""
        socket.disable_monitor()
        self.monitor.close(linger=0)

    def _end(self, descriptor: int) -> None:
        try:
            peer = shut_down(descriptor, self._listener)
        except OSError as error:
            log.debug("a silent connection ended by itself: %s", error)
            return
        if peer not in self._named:
            self._named.append(peer)
            log.warning(
                "disconnected %s: nothing could be read from it within %g s. Another client has its ZeroMQ"
                " routing id, it is older than ZeroMQ 4, or should send something when it connects (ZMQ_PROBE_ROUTER)",
                peer,
                SPEAK_WITHIN_S,
            )


def _is_generated(client: bytes) -> bool:
    """Whether libzmq generated this routing id: a zero and a number of 32 bits. Clients cannot choose such an id."""
    return client[0] == 0


def _is_older(client: bytes, other: bytes) -> bool:
    """Whether `client` connected before `other`, both with generated ids; the number starts again after 2^32 - 1."""
    if not (_is_generated(client) and _is_generated(other)):
        return False
    ahead = (int.from_bytes(other[1:]) - int.from_bytes(client[1:])) % 2**32
    return 0 < ahead < 2**31


def shut_down(descriptor: int, listener: Listener) -> str:
    """Shut down the listener's connection that has the number `descriptor`.

    Returns:
        The other end: a process or an address.

    Raises:
        OSError: the connection has ended already. If the descriptor is another file's now, that file is not touched.
    """
    copy = os.dup(descriptor)
    try:
        connection = sockets.socket(fileno=copy)
    except OSError:
        os.close(copy)
        raise
    with connection:
        if not listener.owns(connection):
            raise ConnectionError(f"descriptor {descriptor} is no connection of this listener")
        peer = listener.describe(connection)
        connection.shutdown(sockets.SHUT_RDWR)
        return peer
