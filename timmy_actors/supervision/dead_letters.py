"""Counts undeliverable messages and stores the latest ones for inspection."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Any

from timmy_actors.supervision.clock import MONOTONIC, Clock

RECENT_LIMIT = 100
"""The number of dead letters stored; the count includes all."""


@dataclass(frozen=True)
class DeadLetter:
    """One undeliverable message, without its content, which may be secret or large."""

    to: str
    kind: str
    """The message's type."""
    why: str
    died_at: float
    """Monotonic seconds."""

    def age_s(self, now: float) -> float:
        """The seconds since then."""
        return now - self.died_at


class DeadLetters:
    """A thread-safe record of dead letters. `add` does not block and may be called in a signal handler."""

    def __init__(self, clock: Clock = MONOTONIC) -> None:
        self._clock = clock
        self._new: deque[DeadLetter] = deque()
        self._recent: deque[DeadLetter] = deque(maxlen=RECENT_LIMIT)
        self._count = 0
        # Reentrant, because a signal handler can interrupt its own thread within any of these methods.
        self._lock = threading.RLock()

    @property
    def count(self) -> int:
        """The number of dead letters since the start."""
        with self._lock:
            self._collect()
            return self._count

    @property
    def recent(self) -> tuple[DeadLetter, ...]:
        """The latest, oldest first."""
        with self._lock:
            self._collect()
            return tuple(self._recent)

    def add(self, to: str, message: Any, why: str) -> None:
        """Record a dead letter."""
        self._new.append(DeadLetter(to, type(message).__name__, why, self._clock.now()))  # atomic, so it needs no lock
        if len(self._new) > RECENT_LIMIT and self._lock.acquire(blocking=False):
            try:
                self._collect()
            finally:
                self._lock.release()

    def _collect(self) -> None:
        while True:
            try:
                letter = self._new.popleft()
            except IndexError:
                return
            self._recent.append(letter)
            self._count += 1
