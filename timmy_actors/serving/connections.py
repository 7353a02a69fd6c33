"""Which client is behind which connection of a socket: libzmq tells of a connection's end, and not whose it was."""

from __future__ import annotations

import logging
import os
import socket as sockets
from collections import deque
from typing import Any

import zmq

from timmy_actors.client import endpoint_path, peer_of
from timmy_actors.system import read_event

log = logging.getLogger(__name__)

SPEAK_WITHIN_S = 5.0
"""How often `end_silent` is to be called: without a message a connection lasts this long, and at most twice as long."""
MOST_NAMED = 64
"""Processes that the log has named already."""


class Connections:
    """Follows the monitor of a ROUTER socket.

    What ties the two together is the connection's file descriptor: the monitor tells it, and each message knows by
    which one it came (`ZMQ_SRCFD`). A number is used again once its connection is closed, but its end and the next
    beginning are told in order, and before any message that comes by the next.
    """

    def __init__(self, socket: zmq.Socket[bytes], endpoint: str) -> None:
        self.monitor: zmq.Socket[bytes] = socket.get_monitor_socket(zmq.EVENT_ACCEPTED | zmq.EVENT_DISCONNECTED)
        self._path = str(endpoint_path(endpoint))
        self._clients: dict[int, bytes | None] = {}
        """By the open connections, the oldest first; None: nothing came by that one yet."""
        self._silent: set[int] = set()
        """Those that were to be ended if nothing came by them until now."""
        self._some_are_old = False
        self._named: deque[int | None] = deque(maxlen=MOST_NAMED)

    def gone(self) -> list[bytes]:
        """The clients whose connections ended since the last look."""
        gone: list[bytes] = []
        while (event := read_event(self.monitor)) is not None:
            number, descriptor = event
            self._silent.discard(descriptor)
            client = self._clients.pop(descriptor, None)
            if client is not None:
                gone.append(client)
            if number == zmq.EVENT_ACCEPTED:
                self._clients[descriptor] = None
        return gone

    def note(self, frames: list[zmq.Frame]) -> bool:
        """A message came, its client's routing id first, after a look at who is `gone`.

        Returns:
            Whether it is to be answered: not by a connection that has ended, not to a client that is older than ZMTP
            3.0, and not where it only says that a client is there (`ZMQ_PROBE_ROUTER`).
        """
        try:
            descriptor: Any = frames[-1].get(zmq.SRCFD)
        except zmq.ZMQError:
            self._some_are_old = True  # below ZMTP 3 no message knows, so nobody could be told whose end it was
            return False
        if descriptor not in self._clients:
            return False
        is_first = self._clients[descriptor] is None
        self._clients[descriptor] = frames[0].bytes
        return not (is_first and len(frames) == 2 and not frames[-1].bytes)

    def end_silent(self) -> None:
        """End the connections by which nothing came since the last call, where their clients may wait for an answer.

        libzmq reads nothing of a client whose routing id another has, and says so to nobody.
        """
        silent = [descriptor for descriptor, client in self._clients.items() if client is None]
        # Those that libzmq makes up begin with a zero.
        some_are_chosen = any(client and client[0] for client in self._clients.values())
        suspects = set(silent if some_are_chosen or self._some_are_old else silent[1:])
        for descriptor in suspects & self._silent:
            self._end(descriptor)
        self._silent = suspects

    def close(self, socket: zmq.Socket[bytes]) -> None:
        """Follow it no more."""
        socket.disable_monitor()
        self.monitor.close(linger=0)

    def _end(self, descriptor: int) -> None:
        try:
            process = shut_down(descriptor, self._path)
        except OSError as error:
            log.debug("a silent connection ended by itself: %s", error)
            return
        if process not in self._named:
            self._named.append(process)
            log.warning(
                "disconnected process %s: nothing could be read from it within %g s. Another client has its ZeroMQ"
                " routing id, it is older than ZeroMQ 4, or should send something when it connects (ZMQ_PROBE_ROUTER)",
                process,
                SPEAK_WITHIN_S,
            )


def shut_down(descriptor: int, path: str) -> int | None:
    """Have the connection to the Unix socket at `path` end that another part of this process has under `descriptor`.

    Returns:
        The process at its other end, where the system says.

    Raises:
        OSError: it has ended already. Its number may be another file's by now, which is left alone.
    """
    copy = os.dup(descriptor)
    try:
        connection = sockets.socket(fileno=copy)
    except OSError:
        os.close(copy)
        raise
    with connection:
        if connection.getsockname() != path:
            raise ConnectionError(f"descriptor {descriptor} is no connection to {path}")
        process, _ = peer_of(connection)
        connection.shutdown(sockets.SHUT_RDWR)
        return process
