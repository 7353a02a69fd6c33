"""The stand-in server on a real UDP socket, in a thread of its own."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from benchmarks.stand_in.game import StandInGame
from benchmarks.stand_in.raknet import RakNetServer
from timmy_actors.player_client.account import Login
from timmy_actors.player_client.raknet.offline import Address

MAX_DATAGRAM = 2048
LONGEST_WAIT_S = 0.5
BUFFER_BYTES = 1 << 22
COMMIT = "49be5b6405"


class StandInServer:
    """Runs `StandInGame` while it is entered. `network` and `game` are its rules; change them only under `paused`."""

    def __init__(self, **rules: Any) -> None:
        self.network = RakNetServer(Login("", "", COMMIT).connection_password())
        self.game = StandInGame(self.network, **rules)
        self._lock = threading.Lock()
        self._stopping = False
        self._waker, self._woken = socket.socketpair()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._thread = threading.Thread(target=self._run, name="stand-in server")

    @property
    def address(self) -> Address:
        """Where it listens."""
        host, port = self._socket.getsockname()
        return host, port

    @contextmanager
    def paused(self) -> Iterator[float]:
        """Change its rules, or make it do something, at the time that this returns."""
        with self._lock:
            yield time.monotonic()
        self._waker.send(b"\0")

    def __enter__(self) -> Self:
        """Listen."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)  # noqa: FBT003
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Stop without a word, as a server that is killed."""
        self._stopping = True
        self._waker.send(b"\0")
        self._thread.join()
        for each in (self._socket, self._waker, self._woken):
            each.close()

    def _run(self) -> None:
        while not self._stopping:
            with self._lock:
                self._turn(time.monotonic())
                wait_s = min(LONGEST_WAIT_S, self.network.next_time() - time.monotonic())
            readable, _, _ = select.select([self._socket, self._woken], [], [], max(0.0, wait_s))
            if self._woken in readable:
                self._woken.recv(MAX_DATAGRAM)

    def _turn(self, now: float) -> None:
        while (arrived := _receive(self._socket)) is not None:
            data, address = arrived
            self.game.handle(self.network.receive(data, address, now), now)
        self.game.handle(self.network.advance(now), now)
        for data, address in self.network.datagrams(now):
            _send(self._socket, data, address)


def _receive(receiver: socket.socket) -> tuple[bytes, Address] | None:
    try:
        data, (host, port) = receiver.recvfrom(MAX_DATAGRAM)
    except (BlockingIOError, ConnectionError):
        return None
    return data, (host, port)


def _send(sender: socket.socket, data: bytes, address: Address) -> None:
    try:
        sender.sendto(data, address)
    except OSError:
        return  # a full buffer loses datagrams, as a network does
