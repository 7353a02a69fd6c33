"""Messages that nobody was there to take: counted, and the latest kept to be looked at."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Any

from timmy_actors.supervision.clock import MONOTONIC, Clock

KEPT = 100
"""The latest ones that can be looked at; the count knows them all."""


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
    """Every thread may add; nobody waits."""

    def __init__(self, clock: Clock = MONOTONIC) -> None:
        self._clock = clock
        self._recent: deque[DeadLetter] = deque(maxlen=KEPT)
        self._lock = threading.Lock()
        self.count = 0

    @property
    def recent(self) -> tuple[DeadLetter, ...]:
        """The latest, oldest first."""
        with self._lock:
            return tuple(self._recent)

    def add(self, to: str, message: Any, why: str) -> None:
        """Note one."""
        letter = DeadLetter(to, type(message).__name__, why, self._clock.now())
        with self._lock:
            self.count += 1
            self._recent.append(letter)
