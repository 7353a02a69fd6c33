"""What is on its way to the gateway's clients: answers before pushes; who does not read holds up itself only."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Hashable
from dataclasses import dataclass, field

import zmq


class FairShare:
    """Admits a request while its client has fewer under way than there are places free.

    One client alone can have half of the places, two a third each: however many flood, somebody new finds one free
    (the dynamic threshold of Choudhury and Hahne, 1998).
    """

    def __init__(self, places: int) -> None:
        self._free = places
        self._under_way: Counter[Hashable] = Counter()

    def admit(self, client: Hashable) -> bool:
        """Take a place for `client`, if it may have one more."""
        if self._under_way[client] >= self._free:
            return False
        self._under_way[client] += 1
        self._free -= 1
        return True

    def leave(self, client: Hashable) -> None:
        """Give one of the client's places back."""
        self._free += 1
        self._under_way[client] -= 1
        if not self._under_way[client]:
            del self._under_way[client]


HIGH_WATER_MARK = 8
"""Messages for one client in libzmq's hands. What a client does not read is kept there in full for each client: more of
it would only be older when it is read, as the operating system's buffers hold some hundred kilobytes besides."""
MAX_ANSWER_BYTES = 2_000_000
"""Of answers that wait for one client; further ones are dropped, as its next reading comes far too late for them."""
RETRY_S, RETRY_AT_MOST_S = 0.001, 0.256
"""When a client that did not take a message is tried again: libzmq does not say of one client that it reads again. The
pause doubles each time it still takes none."""
SHORTEN_AFTER = 4
"""How many messages a client takes between two that it does not take before its pause is halved. One that reads all the
time, but more slowly than things happen, is so tried about once for each few messages, not once for each."""
_MORE, _NOW = int(zmq.SNDMORE | zmq.NOBLOCK), int(zmq.NOBLOCK)


@dataclass
class _Full:
    """A client that takes nothing more at the moment."""

    again_at: float
    answers: deque[tuple[bytes, ...]] = field(default_factory=deque)
    bytes: int = 0


@dataclass
class _Pace:
    """How a client that reads slowly is tried again."""

    pause_s: float = RETRY_S / 2
    taken: int = 0
    """Messages that it took since the last one that it did not."""


class Outbox:
    """Sends to the clients of a ROUTER socket, which must have `router_mandatory` set. Never waits.

    `now` is in monotonic seconds everywhere.
    """

    def __init__(self, socket: zmq.Socket[bytes]) -> None:
        self._socket = socket
        self._full: dict[bytes, _Full] = {}
        self._paces: dict[bytes, _Pace] = {}
        """Of the clients that did not take a message lately."""

    def is_full(self, client: bytes) -> bool:
        """Whether pushes to that client must wait."""
        return client in self._full

    def next_try(self) -> float:
        """When `retry` is to be called; infinity: nothing waits."""
        return min((full.again_at for full in self._full.values()), default=math.inf)

    def answer(self, client: bytes, frames: tuple[bytes, ...], now: float) -> None:
        """Send an answer, or have it wait for its turn."""
        if client not in self._full and self._send(client, *frames):
            return
        full = self._full.get(client) or self._let_be(client, now)
        size = sum(map(len, frames))
        if full.bytes + size <= MAX_ANSWER_BYTES:
            full.answers.append(frames)
            full.bytes += size

    def push(self, client: bytes, frame: bytes, now: float) -> bool:
        """Send a push; False where the client is full: it was not sent."""
        if client in self._full:
            return False
        if not self._send(client, frame):
            self._let_be(client, now)
            return False
        return True

    def retry(self, now: float) -> list[bytes]:
        """Send the answers that wait to those whose time has come.

        Returns:
            The clients that took them all: pushes can be sent to them again.
        """
        due = [(client, full) for client, full in self._full.items() if full.again_at <= now]
        return [client for client, full in due if self._retry(client, full, now)]

    def hurry(self, client: bytes) -> None:
        """It spoke: it may read as well."""
        if client in self._full:
            self._paces.pop(client, None)
            self._full[client].again_at = 0.0

    def forget(self, client: bytes) -> None:
        """It is gone."""
        self._full.pop(client, None)
        self._paces.pop(client, None)

    def _retry(self, client: bytes, full: _Full, now: float) -> bool:
        while full.answers:
            if not self._send(client, *full.answers[0]):
                full.again_at = self._later(client, now)
                return False
            full.bytes -= sum(map(len, full.answers.popleft()))
        del self._full[client]
        return True

    def _let_be(self, client: bytes, now: float) -> _Full:
        full = self._full[client] = _Full(self._later(client, now))
        return full

    def _later(self, client: bytes, now: float) -> float:
        """When to try it again: at a multiple of its pause, so that those with the same one are tried together."""
        pace = self._paces.setdefault(client, _Pace())
        pace.pause_s, pace.taken = min(2 * pace.pause_s, RETRY_AT_MOST_S), 0
        return math.ceil(now / pace.pause_s + 0.5) * pace.pause_s

    def _send(self, client: bytes, *frames: bytes) -> bool:
        """False: the client takes nothing more at the moment. To one that is gone it counts as sent."""
        try:
            # Not `send_multipart`, whose checks cost as much again. A client that is full or gone refuses its address.
            self._socket.send(client, _MORE)
            for frame in frames[:-1]:
                self._socket.send(frame, _MORE)
            self._socket.send(frames[-1], _NOW)
        except zmq.Again:
            return False
        except zmq.ZMQError as error:
            if error.errno != zmq.EHOSTUNREACH:
                raise
        if client in self._paces:
            self._quicken(client, self._paces[client])
        return True

    def _quicken(self, client: bytes, pace: _Pace) -> None:
        pace.taken += 1
        if pace.taken == SHORTEN_AFTER:
            pace.pause_s, pace.taken = pace.pause_s / 2, 0
            if pace.pause_s < RETRY_S:
                del self._paces[client]
