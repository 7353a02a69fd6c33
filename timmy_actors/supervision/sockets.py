"""An actor that waits for messages, timers, ZeroMQ sockets and file descriptors at once. Requires pyzmq."""

from __future__ import annotations

import math
import select
import socket as sockets
from collections import deque
from collections.abc import Callable, Iterable
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


@dataclass(eq=False)
class _Source:
    name: str
    readable: Readable
    read: Callable[[], Any]
    """Reads one item; None if there is none."""
    gather_s: float
    is_urgent: Callable[[], bool]
    ready_at: float = -math.inf
    """When items that were not urgent last began to be read."""
    held: bool = False
    """Whether it is not polled now, so that items gather."""

    def __post_init__(self) -> None:
        readable = self.readable
        self.descriptor = readable if isinstance(readable, int) else int(readable.getsockopt(zmq.FD))

    def held_for(self, now: float) -> float:
        """For how many more seconds its items gather; 0 if it is polled."""
        return 0.0 if not self.gather_s or self.is_urgent() else max(0.0, self.ready_at + self.gather_s - now)


class SocketMailbox(Mailbox):
    """A mailbox that also polls sources. Only the thread that has the actor's turn uses them, as libzmq requires.

    While it waits, it polls the descriptors of its ZeroMQ sockets and not the sockets themselves: a sender that handles
    a message of the actor may then use them. Such a descriptor becomes readable once for any number of events, and each
    use of the socket can consume that: so the socket itself is polled after each use, before the next wait.
    """

    def __init__(self, capacity: int = 10_000) -> None:
        super().__init__(capacity)
        self._sources: list[_Source] = []
        self._zmq_sources: list[tuple[zmq.Socket[bytes], int]] = []
        """The ZeroMQ sockets among them, as `zmq_poll` takes them."""
        self._ready: deque[_Source] = deque()
        """Sources that the last poll reported as readable and that have not been read since."""
        self._sources_first = False
        self._poller = select.poll()
        self._parked = False
        self._waker, self._woken = sockets.socketpair()
        self._waker.setblocking(False)  # noqa: FBT003
        self._woken.setblocking(False)  # noqa: FBT003
        self._woken_fd = self._woken.fileno()
        self._poller.register(self._woken_fd, select.POLLIN)

    def put(self, letter: Letter) -> None:
        """Add a message, and wake the actor if it polls its sources; or handle it, as `Mailbox.put`."""
        turn = self.turn
        if turn is not None and turn.offered and self.owner is not None and self.owner.actor_handle_here(letter):
            return
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

    def attach(
        self,
        name: str,
        readable: Readable,
        read: Callable[[], Any],
        *,
        gather_s: float = 0.0,
        is_urgent: Callable[[], bool] = lambda: False,
    ) -> None:
        """Poll `readable`; a result of `read()` other than None arrives as `Arrived(name, ...)`.

        `gather_s` moderates wake-ups: items that arrive within this time of the last wake-up are read together at its
        end, unless `is_urgent()`. Waking for each of a thousand items a second costs more than their handling.
        """
        source = _Source(name, readable, read, gather_s, is_urgent)
        self._poller.register(source.descriptor, select.POLLIN)
        self._sources.append(source)
        self._list_sockets()

    def detach(self, name: str) -> None:
        """Stop polling a source."""
        for source in [source for source in self._sources if source.name == name]:
            if not source.held:
                self._poller.unregister(source.descriptor)
            self._sources.remove(source)
            self._list_sockets()
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
            self._find_readable_sockets()
            self._poll()
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

    @property
    def needs_own_thread(self) -> bool:
        """As `Mailbox.needs_own_thread`; also if a socket can be read, which its descriptor may not report any more."""
        held = any(source.held and source.is_urgent() for source in self._sources)
        return super().needs_own_thread or held or bool(self._readable_sockets())

    def _list_sockets(self) -> None:
        readables = (source.readable for source in self._sources)
        self._zmq_sources = [(readable, zmq.POLLIN) for readable in readables if not isinstance(readable, int)]

    def _readable_sockets(self) -> list[Any]:
        return [socket for socket, _ in zmq.zmq_poll(self._zmq_sources, 0)] if self._zmq_sources else []

    def _find_readable_sockets(self) -> bool:
        """Add the sockets to those that are read next. Any use of one may have consumed what its descriptor reports."""
        sockets = self._readable_sockets()
        self._note_ready(source for source in self._sources if source.readable in sockets)
        return bool(sockets)

    def _wait(self, timeout_s: float | None) -> Letter | None:
        if self._find_readable_sockets():
            self._poll()
            return None
        timeout_s = self._hold(timeout_s)
        turn = self.turn
        if turn is not None and not self._offer(turn):
            return None
        self._parked = True
        try:
            wait_ms = None if timeout_s is None else int(timeout_s * 1000) + 1
            readable = self._poller.poll(wait_ms) if self.arrivals.empty() else []
        finally:
            self._parked = False
            if turn is not None:
                turn.take_back()
        self._note_readable(readable)
        return None

    def _hold(self, timeout_s: float | None) -> float | None:
        """Let items gather that are not urgent; returns for how long to wait at most."""
        for source in self._sources:
            left_s = source.held_for(self.clock.now())
            if source.held and not left_s:
                self._poller.register(source.descriptor, select.POLLIN)
            elif left_s and not source.held:
                self._poller.unregister(source.descriptor)
            source.held = left_s > 0
            if left_s:
                timeout_s = left_s if timeout_s is None else min(timeout_s, left_s)
        return timeout_s

    def _poll(self) -> None:
        self._note_readable(self._poller.poll(0))

    def _note_readable(self, readable: list[tuple[int, int]]) -> None:
        descriptors = {descriptor for descriptor, _ in readable}
        if self._woken_fd in descriptors:
            self._woken.recv(WAKES_AT_ONCE)  # does not block: only this thread reads it
        # A socket whose descriptor was readable is read at once: polling it first costs more than a read in vain.
        self._note_ready(source for source in self._sources if source.descriptor in descriptors)

    def _note_ready(self, sources: Iterable[_Source]) -> None:
        now = self.clock.now()
        for source in sources:
            if source not in self._ready:
                self._ready.append(source)
            if now >= source.ready_at + source.gather_s and not source.is_urgent():
                source.ready_at = now  # not after an answer: the next request would have to wake the actor

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
