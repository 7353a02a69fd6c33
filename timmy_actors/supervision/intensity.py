"""When a supervisor gives up."""

from __future__ import annotations

from dataclasses import dataclass, replace

from timmy_actors.errors import SpecError


@dataclass(frozen=True)
class Intensity:
    """More than `failures` within `period_s`: the supervisor gives up. It counts failures, not restarted children."""

    failures: int = 3
    period_s: float = 5.0
    seen: tuple[float, ...] = ()
    """When the failures inside the window happened, monotonic seconds."""

    def __post_init__(self) -> None:
        if not self.failures >= 0:
            raise SpecError(f"intensity: failures: {self.failures!r}: give it how many are borne, or 0 for none")
        if not self.period_s > 0:
            raise SpecError(f"intensity: period_s: {self.period_s!r}: give it some seconds")

    def add(self, now: float) -> Intensity:
        """The window with one more failure in it."""
        recent = tuple(then for then in self.seen if now < then + self.period_s)
        return replace(self, seen=(*recent, now))

    @property
    def exceeded(self) -> bool:
        """Whether it is time to give up."""
        return len(self.seen) > self.failures
