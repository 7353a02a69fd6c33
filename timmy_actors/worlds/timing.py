"""The time by which verbs and waits count: real time, or in lockstep the game's."""

from __future__ import annotations

import time
from threading import Event
from typing import Protocol


class Clock(Protocol):
    """A clock, and pauses in its time."""

    def now(self) -> float:
        """Seconds since an arbitrary start."""

    def pause(self, seconds: float, cancel: Event) -> None:
        """Let time pass, at most until `cancel` is set."""


class RealClock:
    """The monotonic clock."""

    def now(self) -> float:
        """See `Clock`."""
        return time.monotonic()

    def pause(self, seconds: float, cancel: Event) -> None:
        """See `Clock`."""
        cancel.wait(seconds)


def clock_of(game: object) -> Clock:
    """The clock of a game: the game's own, if its time is not real time."""
    own: Clock | None = getattr(game, "own_clock", None)
    return RealClock() if own is None else own
