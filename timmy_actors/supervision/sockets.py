"""An actor that waits for messages, timers, ZeroMQ sockets and file descriptors in one place. Needs pyzmq."""

from __future__ import annotations

import socket as sockets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import zmq
from pykka._envelope import Envelope

from timmy_actors.supervision import Actor, Mailbox
from timmy_actors.supervision.protocols import Letter

Readable = zmq.Socket[bytes] | int
WAKES_AT_ONCE = 4096
"""Far more than ever wait: what is left over only wakes the actor once more."""


@dataclass(frozen=True)
class Arrived:
    """A source had something to read; `payload` is what its reader made of it."""

    source: str
    payload: Any


@dataclass(frozen=True)
class SourceFailed:
    """Reading a source failed; the actor decides what that means."""

    source: str
    error: Exception


@dataclass
class _Source:
    name: str
    readable: Readable
    read: Callable[[], Any]
    """Reads one thing; None when there is nothing (any more)."""


class SocketMailbox(Mailbox):
    """Sources are attached, read and detached in the actor's own thread only: libzmq's sockets ask for that."""

    def __init__(self, capacity: int = 10_000) -> None:
        super().__init__(capacity)
        self._sources: list[_Source] = []
        self._ready: deque[_Source] = deque()
        """Sources that the last look found readable, and that were not read since."""
        self._wire_first = False
        self._poller = zmq.Poller()
        self._parked = False
        self._waker, self._woken = sockets.socketpair()
        self._waker.setblocking(False)  # noqa: FBT003
        self._woken.setblocking(False)  # noqa: FBT003
        self._woken_fd = self._woken.fileno()
        self._poller.register(self._woken_fd, zmq.POLLIN)

    def put(self, letter: Letter) -> None:
        """Take a message in, and wake the actor if it waits for its sockets."""
        super().put(letter)
        if self._parked:
            self._parked = False  # one wake-up is enough
            self._wake()

    def close(self) -> None:
        """Answer what waits, and let go of the wake-up pair."""
        super().close()
        self._waker.close()
        self._woken.close()

    def shut_out(self) -> None:
        """Close it from another thread; the wake-up pair stays for the actor's own thread to let go."""
        super().shut_out()
        self._wake()

    def attach(self, name: str, readable: Readable, read: Callable[[], Any]) -> None:
        """Poll `readable`; what `read()` returns arrives as `Arrived(name, ...)`, unless it is None."""
        self._poller.register(readable, zmq.POLLIN)
        self._sources.append(_Source(name, readable, read))

    def detach(self, name: str) -> None:
        """Poll it no more."""
        for source in [source for source in self._sources if source.name == name]:
            self._poller.unregister(source.readable)
            self._sources.remove(source)
            if source in self._ready:
                self._ready.remove(source)

    def _next_work(self) -> Letter | None:
        # Turn about: a flood in the mailbox must not starve the wire, nor the other way round.
        self._wire_first = not self._wire_first
        if self._wire_first or not self._work:
            return self._next_arrival() or super()._next_work()
        return super()._next_work()

    def _next_arrival(self) -> Letter | None:
        if not self._ready and (self._work or self._timer_had_its_turn):
            self._look(timeout_ms=0)
        while self._ready:
            # Once each: that a source has nothing more costs more to find out by reading than by the next look.
            letter = self._read(self._ready.popleft())
            if letter is not None:
                return letter
        return None

    def _read(self, source: _Source) -> Letter | None:
        try:
            payload = source.read()
        except Exception as error:  # noqa: BLE001  get() must never raise: the actor would be a zombie
            self.detach(source.name)
            return Envelope(SourceFailed(source.name, error))
        return None if payload is None else Envelope(Arrived(source.name, payload))

    def _wait(self, timeout_s: float | None) -> Letter | None:
        self._parked = True
        try:
            if self.arrivals.empty():
                self._look(None if timeout_s is None else int(timeout_s * 1000) + 1)
        finally:
            self._parked = False
        return None

    def _look(self, timeout_ms: int | None) -> None:
        readable = dict(self._poller.poll(timeout_ms))
        if readable.pop(self._woken_fd, None) is not None:
            self._woken.recv(WAKES_AT_ONCE)  # there is one: nobody else takes them
        if readable:
            self._ready.extend(source for source in self._sources if source.readable in readable)

    def _wake(self) -> None:
        try:
            self._waker.send(b"\0")
        except OSError:
            return  # the pair is full of wake-ups already, or the actor has ended


def read_frames(socket: zmq.Socket[bytes]) -> list[bytes] | None:
    """One whole message of a ZeroMQ socket, or None."""
    try:
        return socket.recv_multipart(zmq.NOBLOCK)
    except zmq.Again:
        return None


class SocketActor(Actor):
    """Attach sockets in `on_start`, close them in `on_stop` and `on_failure`: they belong to the actor's thread."""

    @staticmethod
    def _create_actor_inbox() -> SocketMailbox:
        return SocketMailbox()

    @property
    def sockets(self) -> SocketMailbox:
        """The mailbox, as what polls sockets."""
        return cast("SocketMailbox", self.actor_inbox)
