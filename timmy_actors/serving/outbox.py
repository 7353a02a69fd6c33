"""What is on its way to the gateway's clients: answers before pushes; who does not read holds up itself only."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

import zmq

HIGH_WATER_MARK = 8
"""Messages for one client in libzmq's hands. What a client does not read is kept there in full for each client: more of
it would only be older when it is read, as the operating system's buffers hold some hundred kilobytes besides."""
MAX_ANSWER_BYTES = 2_000_000
"""Of answers that wait for one client; further ones are dropped, as its next reading comes far too late for them."""
RETRY_S, RETRY_AT_MOST_S = 0.001, 0.25
"""When a client that did not take a message is tried again: libzmq does not say of one client that it reads again."""


@dataclass
class _Full:
    """A client that takes nothing more at the moment."""

    again_at: float
    answers: deque[tuple[bytes, ...]] = field(default_factory=deque)
    bytes: int = 0


class Outbox:
    """Sends to the clients of a ROUTER socket, which must have `router_mandatory` set. Never waits.

    `now` is in monotonic seconds everywhere.
    """

    def __init__(self, socket: zmq.Socket[bytes]) -> None:
        self._socket = socket
        self._full: dict[bytes, _Full] = {}
        self._pauses: dict[bytes, float] = {}
        """How long those were let be who have taken nothing since."""

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

    def retry(self, now: float) -> None:
        """Send the answers that wait to those whose time has come; to who took them all, pushes can be sent again."""
        for client, full in list(self._full.items()):
            if full.again_at <= now:
                self._retry(client, full, now)

    def hurry(self, client: bytes) -> None:
        """It spoke: it may read as well."""
        if client in self._full:
            self._pauses.pop(client, None)
            self._full[client].again_at = 0.0

    def forget(self, client: bytes) -> None:
        """It is gone."""
        self._full.pop(client, None)
        self._pauses.pop(client, None)

    def _retry(self, client: bytes, full: _Full, now: float) -> None:
        while full.answers:
            if not self._send(client, *full.answers[0]):
                full.again_at = now + self._longer_pause(client)
                return
            full.bytes -= sum(map(len, full.answers.popleft()))
        del self._full[client]

    def _let_be(self, client: bytes, now: float) -> _Full:
        full = self._full[client] = _Full(now + self._longer_pause(client))
        return full

    def _longer_pause(self, client: bytes) -> float:
        pause_s = min(2 * self._pauses.get(client, RETRY_S / 2), RETRY_AT_MOST_S)
        self._pauses[client] = pause_s
        return pause_s

    def _send(self, client: bytes, *frames: bytes) -> bool:
        """False: the client takes nothing more at the moment. To one that is gone it counts as sent."""
        try:
            # Not `send_multipart`, whose checks cost as much again. A client that is full or gone refuses its address.
            self._socket.send(client, zmq.SNDMORE | zmq.NOBLOCK)
            for frame in frames[:-1]:
                self._socket.send(frame, zmq.SNDMORE | zmq.NOBLOCK)
            self._socket.send(frames[-1], zmq.NOBLOCK)
        except zmq.Again:
            return False
        except zmq.ZMQError as error:
            if error.errno != zmq.EHOSTUNREACH:
                raise
        if self._pauses:
            self._pauses.pop(client, None)
        return True
