"""When beats are due: an absolute schedule, so that no delay adds up, and how far beats were behind it. Pure."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from timmy_actors.protocol import Spread

MEASURED = 1_000
"""The number of the last beats whose jitter is reported."""
MS_PER_S = 1_000.0


@dataclass(frozen=True)
class Due:
    """A beat that is due: how late it begins, and how many due times have passed without a beat since the last."""

    jitter_s: float
    missed: int


class Schedule:
    """Due times at a steady rate: `start + k * period`, whenever the beats really begin.

    Args:
        period_s: the time between two beats.
        now: the first due time, in monotonic seconds.
    """

    def __init__(self, period_s: float, now: float) -> None:
        self._period_s = period_s
        self._start = now
        self._next = 0
        self._jitters: deque[float] = deque(maxlen=MEASURED)

    @property
    def due(self) -> float:
        """The next due time, in monotonic seconds."""
        return self._start + self._next * self._period_s

    def restart(self, now: float, *, forget: bool = False) -> None:
        """Begin again with a beat that is due now: after a pause no beat is late. `forget` clears the jitter too."""
        self._start, self._next = now, 0
        if forget:
            self._jitters.clear()

    def take(self, now: float) -> Due | None:
        """Take the latest due time and move on to the next one; None: nothing is due."""
        if now < self.due:
            return None
        latest = max(self._next, math.floor((now - self._start) / self._period_s))
        missed = latest - self._next
        jitter_s = max(0.0, now - (self._start + latest * self._period_s))
        self._next = latest + 1
        if latest > 0:  # the first beat is due at the moment in which the schedule begins: it is always late
            self._jitters.append(jitter_s)
        return Due(jitter_s, missed)

    @property
    def jitter(self) -> Spread:
        """The jitter of the last beats."""
        return spread(self._jitters)


def spread(seconds: Sequence[float]) -> Spread:
    """The distribution of some durations in seconds."""
    if not seconds:
        return Spread()
    ordered = sorted(seconds)
    values = (quantile(ordered, 0.5), quantile(ordered, 0.99), ordered[-1])
    p50, p99, largest = (round(value * MS_PER_S, 3) for value in values)
    return Spread(p50=p50, p99=p99, max=largest)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The nearest-rank quantile of sorted values."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
