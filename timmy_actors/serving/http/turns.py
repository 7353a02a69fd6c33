"""Wakes the streams that wait for pushes, a few at a time: between them, requests are read and answered."""

from __future__ import annotations

import asyncio
from collections import deque

GROUP = 5
"""Streams that are woken at once: they write for about a millisecond."""
PAUSE_S = 0.001
"""Between two groups. The loop reads its sockets then, and other threads, which commands cross, get the interpreter."""


class Turns:
    """The waiting streams. For one event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._until: dict[asyncio.Future[None], float] = {}
        """The streams that wait, those that have waited longest first, and the loop's time at which each is woken."""
        self._due: deque[asyncio.Future[None]] = deque()
        """Those whose turn comes next."""
        self._next: asyncio.TimerHandle | None = None
        self._heartbeat: asyncio.TimerHandle | None = None

    async def wait(self, heartbeat_s: float) -> None:
        """Wait for a turn, at most `heartbeat_s`, which is the same for all."""
        turn = self._loop.create_future()
        self._until[turn] = until = self._loop.time() + heartbeat_s
        self._beat_at(until)
        try:
            await turn
        finally:
            self._until.pop(turn, None)

    def wake(self) -> None:
        """Give all that wait a turn, one group after the other."""
        self._due.extend(self._until)
        self._until.clear()
        if self._next is None:
            self._wake_group()

    def end(self) -> None:
        """Wake all at once, and none later."""
        for timer in (self._next, self._heartbeat):
            if timer is not None:
                timer.cancel()
        for turn in (*self._due, *self._until):
            _give(turn)

    def _wake_group(self) -> None:
        self._next = None
        for _ in range(min(GROUP, len(self._due))):
            _give(self._due.popleft())
        if self._due:
            self._next = self._loop.call_later(PAUSE_S, self._wake_group)

    def _beat_at(self, when: float) -> None:
        """Set the timer, one for all: one for each wait would cost more than the wait."""
        if self._heartbeat is not None:
            if self._heartbeat.when() <= when:
                return
            self._heartbeat.cancel()
        self._heartbeat = self._loop.call_at(when, self._beat)

    def _beat(self) -> None:
        self._heartbeat = None
        now = self._loop.time()
        for turn, until in tuple(self._until.items()):
            if until > now:
                self._beat_at(until)
                return
            del self._until[turn]
            _give(turn)


def _give(turn: asyncio.Future[None]) -> None:
    if not turn.done():
        turn.set_result(None)
