"""The delay before a restart."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from types import SimpleNamespace
from typing import cast

from tenacity import RetryCallState, wait_exponential

from timmy_actors.supervision.checks import is_duration, require


@dataclass(frozen=True)
class Backoff:
    """Restarts at once the first time, then with full jitter under an exponential ceiling (tenacity)."""

    base_s: float = 0.1
    """The ceiling of the second restart's delay; each further restart doubles it."""
    cap_s: float = 5.0
    """The highest ceiling."""
    stable_after_s: float = 10.0
    """After this uptime of a child its next restart counts as the first."""

    def __post_init__(self) -> None:
        for name in ("base_s", "cap_s", "stable_after_s"):
            value = getattr(self, name)
            require(is_duration(value), f"backoff: {name}", value, "must be seconds, 0 or more")

    def ceiling(self, restarts: int) -> float:
        """The longest delay before a restart, after `restarts` restarts since the child was last stable."""
        if restarts == 0:
            return 0.0
        wait = wait_exponential(multiplier=self.base_s, max=self.cap_s)
        return wait(cast("RetryCallState", SimpleNamespace(attempt_number=restarts)))

    def delay(self, restarts: int, random: Random) -> float:
        """A random delay between 0 and the ceiling, in seconds."""
        return random.uniform(0.0, self.ceiling(restarts))
