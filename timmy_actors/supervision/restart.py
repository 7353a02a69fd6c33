"""The rules for restarts, their delay, and when a supervisor gives up. Pure: the time is an argument."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from random import Random

from timmy_actors.supervision.checks import is_count, is_duration, require
from timmy_actors.supervision.spec import ChildSpec, RestartType


@dataclass(frozen=True)
class Intensity:
    """A supervisor gives up after more than `failures` failures within `period_s`. Restarted siblings do not count.

    Raises:
        SpecError: a value is out of range.
    """

    failures: int = 3
    period_s: float = 5.0

    def __post_init__(self) -> None:
        require(
            is_count(self.failures),
            "intensity: failures",
            self.failures,
            "must be 0 or more: the number of failures tolerated",
        )
        require(
            is_duration(self.period_s) and self.period_s > 0,
            "intensity: period_s",
            self.period_s,
            "must be seconds, more than 0",
        )

    def window(self) -> Window:
        """An empty window of this intensity."""
        return Window(self)


class Window:
    """The failures of the latest period; adding one takes constant time."""

    def __init__(self, intensity: Intensity) -> None:
        self.intensity = intensity
        self._seen: deque[float] = deque()

    @property
    def seen(self) -> tuple[float, ...]:
        """The times of the failures in the window, in monotonic seconds, oldest first."""
        return tuple(self._seen)

    @property
    def count(self) -> int:
        """The number of failures in the window."""
        return len(self._seen)

    def add(self, now: float) -> None:
        """Add a failure, and remove those a period old or older."""
        while self._seen and now >= self._seen[0] + self.intensity.period_s:
            self._seen.popleft()
        self._seen.append(now)

    @property
    def exceeded(self) -> bool:
        """Whether the supervisor must give up."""
        return len(self._seen) > self.intensity.failures


@dataclass(frozen=True)
class Restart:
    """Restart the child after `delay_s`."""

    delay_s: float
    restarts: int
    """The number of restarts since the child was last stable, including this one."""


@dataclass(frozen=True)
class NoRestart:
    """Do not restart the child."""


@dataclass(frozen=True)
class GiveUp:
    """Stop every child and fail: there were too many failures."""


Decision = Restart | NoRestart | GiveUp


def decide(
    spec: ChildSpec,
    reason: BaseException | None,
    *,
    uptime_s: float,
    restarts: int,
    window: Window,
    now: float,
    random: Random,
) -> Decision:
    """Decide about a child that ended with `reason` (None: it stopped by itself), and add a failure to the window."""
    failed = reason is not None
    if spec.restart is RestartType.TEMPORARY or (spec.restart is RestartType.TRANSIENT and not failed):
        return NoRestart()
    if not spec.expects(reason):
        window.add(now)
        if window.exceeded:
            return GiveUp()
    recent = 0 if uptime_s >= spec.backoff.stable_after_s else restarts
    return Restart(spec.backoff.delay(recent, random), recent + 1)
