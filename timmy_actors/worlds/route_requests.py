"""A plan's request for a route, and a body's answer to it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Protocol

from pydantic import ValidationError

from timmy_actors.errors import RefusedError
from timmy_actors.protocol import ActionResult, GameRoute, Place, Position, Waypoint
from timmy_actors.worlds.plans import Point, Request

VERB = "route"


class FindRoute(Protocol):
    """Finds a way on foot: `Runtime.route`, or that of `connect()`."""

    def __call__(self, to: Place | str, /, *, start: Place | None = None) -> GameRoute:
        """The way, or why there is none."""


def answer(find: FindRoute, request: Request) -> ActionResult:
    """A body's answer to a plan that asks for a route."""
    try:
        to, start = ends_of(request)
        return result_of(find(to, start=start))
    except RefusedError as refused:
        return refusal(refused)


def ends_of(request: Request) -> tuple[Place | str, Place]:
    """Where the route that a plan asks for leads, and where it starts.

    Raises:
        RefusedError: `bad_arguments`: coordinates that no world has.
    """
    start: Position = request.params["start"]
    to: Point | str = request.params["to"]
    try:
        here = Place(cell=start.cell, x=start.x, y=start.y, z=start.z)
        if isinstance(to, str):
            return to, here
        return Place(cell=to.cell or start.cell, x=to.x, y=to.y, z=start.z if to.z is None else to.z), here
    except ValidationError as error:
        raise RefusedError("bad_arguments", f"no route can lead to {to}: {error.errors()[0]['msg']}", "to") from None


def result_of(route: GameRoute, *, path: str = "route") -> ActionResult:
    """The result of a request for a route; `path`: `route` if the game's files have it, `seen` if players walked it."""
    value = {"route": route, "path": path}
    return ActionResult(success=True, action=VERB, params={}, timestamp=datetime.now(UTC), value=value)


def leads(result: ActionResult) -> bool:
    """Whether a result has a way."""
    route = result.value.get("route")
    return isinstance(route, GameRoute) and route.reason is None


def route_along(start: Place, places: Iterable[Place]) -> GameRoute:
    """A route over places of one space."""
    waypoints, before = [], start
    for place in places:
        length = math.dist((before.x, before.y, before.z), (place.x, place.y, place.z))
        waypoints.append(Waypoint(cell=place.cell, x=place.x, y=place.y, z=place.z, distance=length))
        before = place
    return GameRoute(waypoints=tuple(waypoints), distance=sum(point.distance for point in waypoints))


def refusal(refused: RefusedError) -> ActionResult:
    """The result of a request for a route that was refused."""
    why: dict[str, Any] = {"reason": refused.message, "code": refused.code, "field": refused.field}
    return ActionResult(success=False, action=VERB, params={}, timestamp=datetime.now(UTC), outcome="refused", **why)
