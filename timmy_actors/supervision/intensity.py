"""When a supervisor gives up."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from timmy_actors.supervision.checks import is_count, is_duration, require


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
