"""Messages that nobody was there to take: counted, and the latest kept to be looked at."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Any

from timmy_actors.supervision.clock import MONOTONIC, Clock

KEPT = 100
"""The latest ones that can be looked at; the count includes them all."""


@dataclass(frozen=True)
class DeadLetter:
    """One message, without what it said: it may have been a secret, and it may have been large."""

    to: str
    kind: str
    """The message's type."""
    why: str
    died_at: float
    """Monotonic seconds."""

    def age_s(self, now: float) -> float:
        """How long ago that was."""
        return now - self.died_at


class DeadLetters:
    """Every thread may add, a signal handler as well; adding never waits."""

    def __init__(self, clock: Clock = MONOTONIC) -> None:
        self._clock = clock
        self._new: deque[DeadLetter] = deque()
        self._recent: deque[DeadLetter] = deque(maxlen=KEPT)
        self._count = 0
        # Reentrant: a signal handler interrupts its own thread in the middle of any of these lines.
        self._lock = threading.RLock()

    @property
    def count(self) -> int:
        """How many there have ever been."""
        with self._lock:
            self._sort()
            return self._count

    @property
    def recent(self) -> tuple[DeadLetter, ...]:
        """The latest, oldest first."""
        with self._lock:
            self._sort()
            return tuple(self._recent)

    def add(self, to: str, message: Any, why: str) -> None:
        """Note one."""
        self._new.append(DeadLetter(to, type(message).__name__, why, self._clock.now()))  # atomic: no lock to wait for
        if len(self._new) > KEPT and self._lock.acquire(blocking=False):
            try:
                self._sort()
            finally:
                self._lock.release()

    def _sort(self) -> None:
        while True:
            try:
                letter = self._new.popleft()
            except IndexError:
                return
            self._recent.append(letter)
            self._count += 1
