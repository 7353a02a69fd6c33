"""The way to a point: straight on, and around what is in the way. Pure: times are monotonic seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass

from timmy_actors.worlds.plans import Point

LEG = 400.0
"""The longest leg, in game units: after each, the way is looked at again."""
PROGRESS = 60.0
"""How much nearer counts as progress, in game units."""
SIDE_ANGLE = math.radians(100)
"""The direction of a detour from that of the goal: away from the wall a little, so that it is not touched again."""
FIRST_DETOUR, GROWTH = 250.0, 1.6
"""The first detour's length in game units, and how much longer each further one is."""
MOST_DETOURS = 8


STUCK_S = 60.0
"""Seconds without progress after which the way counts as blocked for good."""


@dataclass(frozen=True)
class Leg:
    """The next point to go to."""

    to: Point


@dataclass(frozen=True)
class Arrived:
    """The goal is near enough."""


@dataclass(frozen=True)
class Stuck:
    """No way was found."""

    reason: str


class Route:
    """Leads to a goal, which may move. Detours lead along an obstacle, to one side and the other in turn, each farther
    than the last: so the end of a wall is found on whichever side it is nearer.

    Args:
        within: how near is near enough, in game units.
        stuck_s: seconds without progress after which the way counts as blocked for good.
    """

    def __init__(self, within: float, *, stuck_s: float = STUCK_S) -> None:
        self._within = within
        self._stuck_s = stuck_s
        self._best = math.inf
        self._progress_at: float | None = None
        self._detours = 0
        self._last: tuple[float, float] | None = None
        self._expected = 0.0

    def next(self, x: float, y: float, goal: Point, now: float) -> Leg | Arrived | Stuck:
        """The next leg from a position."""
        distance = math.hypot(goal.x - x, goal.y - y)
        if distance <= self._within:
            return Arrived()
        self._note_progress(distance, now)
        if self._progress_at is not None and now - self._progress_at > self._stuck_s:
            return Stuck(f"no nearer than {self._best:.0f} game units within {self._stuck_s:.0f} s")
        if not self._was_blocked(x, y):
            return self._leg(x, y, goal, 0.0, min(LEG, distance - self._within * 0.5))
        return self._detour(x, y, goal)

    def _note_progress(self, distance: float, now: float) -> None:
        if distance < self._best - PROGRESS:
            self._best, self._progress_at, self._detours = distance, now, 0

    def _was_blocked(self, x: float, y: float) -> bool:
        """Whether the last leg came to less than half of its length."""
        if self._last is None:
            return False
        return math.hypot(x - self._last[0], y - self._last[1]) < self._expected / 2

    def _detour(self, x: float, y: float, goal: Point) -> Leg | Stuck:
        if self._detours >= MOST_DETOURS:
            return Stuck(f"walls are in the way on both sides, {math.hypot(goal.x - x, goal.y - y):.0f} game units off")
        side = 1.0 if self._detours % 2 == 0 else -1.0
        length = FIRST_DETOUR * GROWTH**self._detours
        self._detours += 1
        return self._leg(x, y, goal, side * SIDE_ANGLE, length, counts=False)

    def _leg(self, x: float, y: float, goal: Point, off: float, length: float, *, counts: bool = True) -> Leg:
        bearing = math.atan2(goal.x - x, goal.y - y) + off
        self._last, self._expected = (x, y), length if counts else 0.0
        return Leg(Point(x + length * math.sin(bearing), y + length * math.cos(bearing), goal.z))
