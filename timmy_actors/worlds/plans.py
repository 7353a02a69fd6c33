"""Plans: what a verb does, without a body. A plan yields requests and is sent what was seen after each.

A plan knows no thread, clock or socket: the time comes with what was seen. It returns an `Ending`.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from timmy_actors.protocol import ActionResult, NearbyActor, NearbyPlayer, PerceptionOutput, Position


@dataclass(frozen=True)
class Point:
    """A position: exterior coordinates, or those of the interior `cell`."""

    x: float
    y: float
    z: float | None = None
    cell: str | None = None
    """None: the cell in which the body is."""


@dataclass(frozen=True)
class Request:
    """Something for the body to do: a verb of client input, or `towards` (a few steps), `say`, `observe`."""

    verb: str
    params: Mapping[str, Any] = field(default_factory=dict)
    remaining: float | None = None
    """How far the plan's goal is, in game units, as far as it has a distance."""


@dataclass(frozen=True)
class Seen:
    """What was seen after a request, at a time (monotonic seconds)."""

    snapshot: PerceptionOutput
    now: float
    result: ActionResult | None = None
    """The result of the request; None: it was only to observe."""

    @property
    def position(self) -> Position:
        """The body's position."""
        if self.snapshot.position is None:
            raise NoSectionError("position")
        return self.snapshot.position

    def near(self, name: str) -> NearbyActor | NearbyPlayer | None:
        """The nearest actor or player with a name, record or unique index."""
        if self.snapshot.nearby_actors is None and self.snapshot.nearby_players is None:
            raise NoSectionError("nearby_actors")
        wanted = name.casefold()
        candidates: list[NearbyActor | NearbyPlayer] = []
        candidates += self.snapshot.nearby_actors.actors if self.snapshot.nearby_actors else ()
        candidates += self.snapshot.nearby_players.players if self.snapshot.nearby_players else ()
        matching = [each for each in candidates if wanted in _names(each)]
        return min(matching, key=lambda each: each.distance, default=None)


class NoSectionError(Exception):
    """The snapshot has not a section that a plan needs: it was not subscribed to."""


How = Literal["done", "failed", "stuck"]


@dataclass(frozen=True)
class Ending:
    """How a plan ended, why if it did not succeed, and what it returns."""

    how: How
    reason: str | None = None
    value: Mapping[str, Any] = field(default_factory=dict)


T = TypeVar("T")
Steps = Generator[Request, Seen, T]
"""A part of a plan that returns something."""
Plan = Steps[Ending]
OBSERVE = Request("observe")


def cause(code: str | None, field: str | None) -> dict[str, Any]:
    """The value of a verb that failed for a refusal: its code, and the invalid field if it names one."""
    return {"code": code} if field is None else {"code": code, "field": field}


def distance_to(position: Position, point: Point) -> float:
    """The distance without the height, in game units."""
    return math.hypot(point.x - position.x, point.y - position.y)


def _names(each: NearbyActor | NearbyPlayer) -> set[str]:
    if isinstance(each, NearbyPlayer):
        return {each.name.casefold()}
    return {name.casefold() for name in (each.name, each.ref_id, each.unique_index) if name}
