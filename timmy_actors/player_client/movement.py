"""How fast a player moves, and where it is after a while on its way. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

Pace = Literal["walk", "run", "sneak"]
Point = tuple[float, float, float]

MIN_WALK, MAX_WALK = 100.0, 200.0
"""The game's settings fMinWalkSpeed and fMaxWalkSpeed: game units a second at a speed of 0 and of 100."""
ATHLETICS_BONUS, RUN_BASE = 1.0, 1.75
"""fAthleticsRunBonus and fBaseRunMultiplier."""
SNEAK = 0.75
"""fSneakSpeedMultiplier."""
HIGHEST = 100.0
"""Attributes and skills above this make a game's player faster; this client stays with what every player may have."""
POSITIONS_PER_S = 10.0
"""How often a moving player's position is sent; a game's client sends up to 66."""
RUNNING, SNEAKING, JUMPING = 4, 8, 16
"""Bits of the movement flags."""
FLAGS: dict[Pace, int] = {"walk": 0, "run": RUNNING, "sneak": SNEAKING}


def units_per_second(pace: Pace, speed: float, athletics: float) -> float:
    """The speed of an unburdened player, in game units a second."""
    walk = MIN_WALK + 0.01 * min(max(speed, 0.0), HIGHEST) * (MAX_WALK - MIN_WALK)
    if pace == "run":
        return walk * (RUN_BASE + 0.01 * min(max(athletics, 0.0), HIGHEST) * ATHLETICS_BONUS)
    return walk * SNEAK if pace == "sneak" else walk


def yaw_towards(here: Point, to: Point) -> float:
    """The rotation that faces a point: radians clockwise from north."""
    return math.atan2(to[0] - here[0], to[1] - here[1])


@dataclass
class Journey:
    """A way along points, at a pace.

    Attributes:
        points: what is left of the way.
        stop_at: the time after which it ends wherever it is, in monotonic seconds.
    """

    points: list[Point]
    pace: Pace
    units_per_second: float
    at: float
    stop_at: float
    walked: float = 0.0
    due: float = field(init=False)
    """When the next position is to be sent."""

    def __post_init__(self) -> None:
        self.due = self.at + 1 / POSITIONS_PER_S

    def advance(self, here: Point, now: float) -> tuple[Point, float | None]:
        """Where the player is now, and which way it faces (None: as before)."""
        room = max(0.0, min(now, self.stop_at) - self.at) * self.units_per_second
        self.at = max(self.at, now)
        self._put_off(now)
        yaw: float | None = None
        while self.points and room > 0.0:
            to = self.points[0]
            distance = math.dist(here, to)
            if distance > 0.0:
                yaw = yaw_towards(here, to)
            step = min(room, distance)
            here = self.points.pop(0) if step >= distance else _between(here, to, step / distance)
            room -= step
            self.walked += step
        return here, yaw

    def _put_off(self, now: float) -> None:
        """Keep to the beat: a step that came late does not delay the next ones, and missed ones are not made up for."""
        passed = max(0, math.floor((now - self.due) * POSITIONS_PER_S) + 1)
        due = self.due + passed / POSITIONS_PER_S
        self.due = due if due > now else now + 1 / POSITIONS_PER_S  # rounding can yield the present

    @property
    def arrived(self) -> bool:
        """Whether nothing is left of the way."""
        return not self.points


def _between(here: Point, to: Point, part: float) -> Point:
    return (
        here[0] + (to[0] - here[0]) * part,
        here[1] + (to[1] - here[1]) * part,
        here[2] + (to[2] - here[2]) * part,
    )
