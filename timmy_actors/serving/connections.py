"""Which client is behind which connection of a socket: libzmq tells of a connection's end, and not whose it was."""

from __future__ import annotations

from typing import Any

import zmq

from timmy_actors.system import read_event


class Connections:
    """Follows the monitor of a ROUTER socket.

    What ties the two together is the connection's file descriptor: the monitor tells it, and each message knows by
    which one it came (`ZMQ_SRCFD`). A number is used again once its connection is closed, but its end and the next
    beginning are told in order, and before any message that comes by the next.
    """

    def __init__(self, socket: zmq.Socket[bytes]) -> None:
        self.monitor: zmq.Socket[bytes] = socket.get_monitor_socket(zmq.EVENT_ACCEPTED | zmq.EVENT_DISCONNECTED)
        self._clients: dict[int, bytes | None] = {}
        """By the open connections; None: nothing came by that one yet."""

    def gone(self) -> list[bytes]:
        """The clients whose connections ended since the last look."""
        gone: list[bytes] = []
        while (event := read_event(self.monitor)) is not None:
            number, descriptor = event
            client = self._clients.pop(descriptor, None)
            if client is not None:
                gone.append(client)
            if number == zmq.EVENT_ACCEPTED:
                self._clients[descriptor] = None
        return gone

    def note(self, client: bytes, frame: zmq.Frame) -> bool:
        """A message came from that client, after a look at who is `gone`; False: by a connection that has ended."""
        descriptor: Any = frame.get(zmq.SRCFD)
        if descriptor not in self._clients:
            return False
        self._clients[descriptor] = client
        return True

    def close(self, socket: zmq.Socket[bytes]) -> None:
        """Follow it no more."""
        socket.disable_monitor()
        self.monitor.close(linger=0)
