"""An actor that waits for messages, timers, ZeroMQ sockets and file descriptors at once. Requires pyzmq."""

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
"""Wake-up bytes read at once, far more than ever wait; any left over only wake the actor again."""


@dataclass(frozen=True)
class Arrived:
    """A source was readable; `payload` is what its `read` returned."""

    source: str
    payload: Any


@dataclass(frozen=True)
class SourceFailed:
    """Reading a source failed; the source is detached."""

    source: str
    error: Exception


@dataclass
class _Source:
    name: str
    readable: Readable
    read: Callable[[], Any]
    """Reads one item; None if there is none."""


class SocketMailbox(Mailbox):
    """A mailbox that also polls sources. They are used only in the actor's own thread, as libzmq requires."""

    def __init__(self, capacity: int = 10_000) -> None:
        super().__init__(capacity)
        self._sources: list[_Source] = []
        self._ready: deque[_Source] = deque()
        """Sources that the last poll reported as readable and that have not been read since."""
        self._sources_first = False
        self._poller = zmq.Poller()
        self._parked = False
        self._waker, self._woken = sockets.socketpair()
        self._waker.setblocking(False)  # noqa: FBT003
        self._woken.setblocking(False)  # noqa: FBT003
        self._woken_fd = self._woken.fileno()
        self._poller.register(self._woken_fd, zmq.POLLIN)

    def put(self, letter: Letter) -> None:
        """Add a message, and wake the actor if it polls its sources."""
        super().put(letter)
        if self._parked:
            self._parked = False  # one wake-up is enough
            self._wake()

    def close(self) -> None:
        """Answer all waiting messages, and close the wake-up sockets."""
        super().close()
        self._waker.close()
        self._woken.close()

    def shut_out(self) -> None:
        """Close the mailbox from another thread; the actor's own thread closes the wake-up sockets."""
        super().shut_out()
        self._wake()

    def attach(self, name: str, readable: Readable, read: Callable[[], Any]) -> None:
        """Poll `readable`; a result of `read()` other than None arrives as `Arrived(name, ...)`."""
        self._poller.register(readable, zmq.POLLIN)
        self._sources.append(_Source(name, readable, read))

    def detach(self, name: str) -> None:
        """Stop polling a source."""
        for source in [source for source in self._sources if source.name == name]:
            self._poller.unregister(source.readable)
            self._sources.remove(source)
            if source in self._ready:
                self._ready.remove(source)

    def _next_work(self) -> Letter | None:
        # Alternately, so that neither messages nor sources starve the other.
        self._sources_first = not self._sources_first
        if self._sources_first or not self._work:
            return self._next_arrival() or super()._next_work()
        return super()._next_work()

    def _next_arrival(self) -> Letter | None:
        if not self._ready and (self._work or self._timer_was_last):
            self._poll(timeout_ms=0)
        while self._ready:
            # One read per poll: a read that returns nothing costs more than the next poll.
            letter = self._read(self._ready.popleft())
            if letter is not None:
                return letter
        return None

    def _read(self, source: _Source) -> Letter | None:
        try:
            payload = source.read()
        except Exception as error:  # noqa: BLE001  an exception in `get` would end the actor outside its handlers
            self.detach(source.name)
            return Envelope(SourceFailed(source.name, error))
        return None if payload is None else Envelope(Arrived(source.name, payload))

    def _wait(self, timeout_s: float | None) -> Letter | None:
        self._parked = True
        try:
            if self.arrivals.empty():
                self._poll(None if timeout_s is None else int(timeout_s * 1000) + 1)
        finally:
            self._parked = False
        return None

    def _poll(self, timeout_ms: int | None) -> None:
        readable = dict(self._poller.poll(timeout_ms))
        if readable.pop(self._woken_fd, None) is not None:
            self._woken.recv(WAKES_AT_ONCE)  # does not block: only this thread reads it
        if readable:
            self._ready.extend(source for source in self._sources if source.readable in readable)

    def _wake(self) -> None:
        try:
            self._waker.send(b"\0")
        except OSError:
            return  # the wake-up socket is full, or the actor has ended


def read_frames(socket: zmq.Socket[bytes]) -> list[bytes] | None:
    """Read one complete message of a ZeroMQ socket; None if there is none."""
    try:
        return socket.recv_multipart(zmq.NOBLOCK)
    except zmq.Again:
        return None


class SocketActor(Actor):
    """An actor with sockets: attach them in `on_start`, close them in `on_stop` and `on_failure`, in its own thread."""

    @staticmethod
    def _create_actor_inbox() -> SocketMailbox:
        return SocketMailbox()

    @property
    def sockets(self) -> SocketMailbox:
        """The mailbox, typed as the one that polls sources."""
        return cast("SocketMailbox", self.actor_inbox)
