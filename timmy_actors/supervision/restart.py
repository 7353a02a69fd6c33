"""The decision after a child ended: plain data in, plain data out, besides the window that it counts a failure in."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from timmy_actors.supervision.intensity import Window
from timmy_actors.supervision.spec import ChildSpec, RestartType


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
