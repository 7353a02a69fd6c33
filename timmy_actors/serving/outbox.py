"""Queues messages to the gateway's clients, answers before pushes; a client that does not read delays only itself."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Hashable
from dataclasses import dataclass, field

import zmq

HIGH_WATER_MARK = 8
"""Messages that libzmq buffers for one client. A longer queue would only make a slow reader's messages older: the
operating system's buffers hold some hundred kilobytes besides."""
MAX_ANSWER_BYTES = 2_000_000
"""Bytes of answers queued for one client; further ones are dropped, as it would read them far too late."""
RETRY_S, RETRY_AT_MOST_S = 0.001, 0.256
"""When to retry a client whose queue is full: libzmq does not report that a single client reads again. The pause
doubles with each failed retry."""
SHORTEN_AFTER = 4
"""After this many messages in a row are accepted, a client's pause is halved. A client that reads steadily, but more
slowly than pushes come, is so retried once every few messages, not once for each."""
_MORE, _NOW = int(zmq.SNDMORE | zmq.NOBLOCK), int(zmq.NOBLOCK)


class FairShare:
    """Admits a request while its client has fewer pending than there are free places.

    One client alone can have half of the places, two a third each: however many clients flood, a new one finds a place
    (the dynamic threshold of Choudhury and Hahne, 1998).
    """

    def __init__(self, places: int) -> None:
        self._free = places
        self._under_way: Counter[Hashable] = Counter()

    def admit(self, client: Hashable) -> bool:
        """Take a place for `client`, if it may have one more. Returns whether it did."""
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


@dataclass
class _Full:
    """A client whose queue in libzmq is full."""

    again_at: float
    answers: deque[tuple[bytes, ...]] = field(default_factory=deque)
    bytes: int = 0


@dataclass
class _Pace:
    """The retry pause of a client that reads slowly."""

    pause_s: float = RETRY_S / 2
    taken: int = 0
    """Messages accepted since the last refused one."""


class Outbox:
    """Sends to the clients of a ROUTER socket, which must have `router_mandatory` set. Never waits.

    `now` is in monotonic seconds everywhere.
    """

    def __init__(self, socket: zmq.Socket[bytes]) -> None:
        self._socket = socket
        self._full: dict[bytes, _Full] = {}
        self._paces: dict[bytes, _Pace] = {}
        """Paces of the clients whose queue was full lately."""

    def is_full(self, client: bytes) -> bool:
        """Whether pushes to the client must wait."""
        return client in self._full

    def next_try(self) -> float:
        """When to call `retry`; infinity: no message waits."""
        return min((full.again_at for full in self._full.values()), default=math.inf)

    def answer(self, client: bytes, frames: tuple[bytes, ...], now: float) -> None:
        """Send an answer, or queue it."""
        if client not in self._full and self._send(client, *frames):
            return
        full = self._full.get(client) or self._mark_full(client, now)
        size = sum(map(len, frames))
        if full.bytes + size <= MAX_ANSWER_BYTES:
            full.answers.append(frames)
            full.bytes += size

    def push(self, client: bytes, frame: bytes, now: float) -> bool:
        """Send a push. Returns False if it was not sent because the client's queue is full."""
        if client in self._full:
            return False
        if not self._send(client, frame):
            self._mark_full(client, now)
            return False
        return True

    def retry(self, now: float) -> list[bytes]:
        """Send the queued answers of the clients that are due.

        Returns:
            The clients that accepted all of them: they can take pushes again.
        """
        due = [(client, full) for client, full in self._full.items() if full.again_at <= now]
        return [client for client, full in due if self._retry(client, full, now)]

    def hurry(self, client: bytes) -> None:
        """Retry a client at once: it has sent a message, so it may be reading as well."""
        if client in self._full:
            self._paces.pop(client, None)
            self._full[client].again_at = 0.0

    def forget(self, client: bytes) -> None:
        """Drop the state of a disconnected client."""
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

    def _mark_full(self, client: bytes, now: float) -> _Full:
        full = self._full[client] = _Full(self._later(client, now))
        return full

    def _later(self, client: bytes, now: float) -> float:
        """When to retry: at a multiple of the pause, so that clients with the same pause are retried together."""
        pace = self._paces.setdefault(client, _Pace())
        pace.pause_s, pace.taken = min(2 * pace.pause_s, RETRY_AT_MOST_S), 0
        return math.ceil(now / pace.pause_s + 0.5) * pace.pause_s

    def _send(self, client: bytes, *frames: bytes) -> bool:
        """Send a message. False: the client's queue is full. A message to a disconnected client counts as sent."""
        try:
            # Not `send_multipart`, whose checks double the cost. For a full or disconnected client this line raises.
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
