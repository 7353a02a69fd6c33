"""When a supervisor gives up."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Intensity:
    """More than `failures` within `period_s`: the supervisor gives up. It counts failures, not restarted children."""

    failures: int = 3
    period_s: float = 5.0
    seen: tuple[float, ...] = ()
    """When the failures inside the window happened, monotonic seconds."""

    def add(self, now: float) -> Intensity:
        """The window with one more failure in it."""
        recent = tuple(then for then in self.seen if now < then + self.period_s)
        return replace(self, seen=(*recent, now))

    @property
    def exceeded(self) -> bool:
        """Whether it is time to give up."""
        return len(self.seen) > self.failures
