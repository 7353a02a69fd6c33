"""When a child restarts, how long it waits, and when a supervisor gives up: pure, with the time as an argument."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from random import Random

from timmy_actors.supervision.checks import is_count, is_duration, require
from timmy_actors.supervision.spec import ChildSpec, RestartType


@dataclass(frozen=True)
class Intensity:
    """More than `failures` within `period_s`: the supervisor gives up. It counts failures, not restarted children.

    Raises:
        SpecError: a value that cannot be.
    """

    failures: int = 3
    period_s: float = 5.0

    def __post_init__(self) -> None:
        require(
            is_count(self.failures), "intensity: failures", self.failures, "must be the number tolerated, 0 for none"
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
    """The failures of the latest period. Adding one costs the same however many there are."""

    def __init__(self, intensity: Intensity) -> None:
        self.intensity = intensity
        self._seen: deque[float] = deque()

    @property
    def seen(self) -> tuple[float, ...]:
        """When the failures inside the window happened, monotonic seconds, oldest first."""
        return tuple(self._seen)

    @property
    def count(self) -> int:
        """How many failures there are inside the window."""
        return len(self._seen)

    def add(self, now: float) -> None:
        """One more failure; those a period ago or longer leave."""
        while self._seen and now >= self._seen[0] + self.intensity.period_s:
            self._seen.popleft()
        self._seen.append(now)

    @property
    def exceeded(self) -> bool:
        """Whether it is time to give up."""
        return len(self._seen) > self.intensity.failures


@dataclass(frozen=True)
class Restart:
    """Start it again after `delay_s`."""

    delay_s: float
    restarts: int
    """How many restarts its backoff has seen since it was last stable, this one included."""


@dataclass(frozen=True)
class Forget:
    """Let it rest."""


@dataclass(frozen=True)
class GiveUp:
    """Too many failures: stop every child and fail."""


Decision = Restart | Forget | GiveUp


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
    """What to do about a child that ended for `reason` (None: it stopped by itself). A failure enters the window."""
    failed = reason is not None
    if spec.restart is RestartType.TEMPORARY or (spec.restart is RestartType.TRANSIENT and not failed):
        return Forget()
    if not spec.expects(reason):
        window.add(now)
        if window.exceeded:
            return GiveUp()
    recent = 0 if uptime_s >= spec.backoff.stable_after_s else restarts
    return Restart(spec.backoff.delay(recent, random), recent + 1)
