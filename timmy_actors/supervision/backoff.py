"""How long to wait before the next restart."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from types import SimpleNamespace
from typing import cast

from tenacity import RetryCallState, wait_exponential

from timmy_actors.supervision.checks import is_duration, require


@dataclass(frozen=True)
class Backoff:
    """The first restart at once, then full jitter under an exponential ceiling (tenacity's `wait_exponential`)."""

    base_s: float = 0.1
    """The ceiling of the second restart's delay; each further one doubles it."""
    cap_s: float = 5.0
    """No ceiling is higher."""
    stable_after_s: float = 10.0
    """A child that was up this long starts again from the first restart."""

    def __post_init__(self) -> None:
        for name in ("base_s", "cap_s", "stable_after_s"):
            value = getattr(self, name)
            require(is_duration(value), f"backoff: {name}", value, "must be seconds, 0 or more")

    def ceiling(self, restarts: int) -> float:
        """The longest delay before a restart, `restarts` having been made since the child was last stable."""
        if restarts == 0:
            return 0.0
        wait = wait_exponential(multiplier=self.base_s, max=self.cap_s)
        return wait(cast("RetryCallState", SimpleNamespace(attempt_number=restarts)))

    def delay(self, restarts: int, random: Random) -> float:
        """A delay in seconds between nothing and the ceiling."""
        return random.uniform(0.0, self.ceiling(restarts))
