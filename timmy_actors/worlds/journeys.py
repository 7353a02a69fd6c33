"""Walking a route of the game's data files: from way point to way point, and through the doors between them."""

from __future__ import annotations

from timmy_actors.protocol import GameRoute, Waypoint
from timmy_actors.worlds.plans import OBSERVE, Ending, Plan, Point, Request, Steps
from timmy_actors.worlds.verbs import REACH, go_to

WITHIN = 60.0
"""How near to come to a way point that has no door, in game units: farther off, the next one may be behind a corner."""


def walk_route(route: GameRoute, *, within: float = REACH) -> Plan:
    """Walk a route, the result of `route`, to `within` game units of its end.

    Failed: there is no route, or a door could not be used; stuck: something is in the way that the files do not know.
    """
    yield OBSERVE
    if route.reason is not None:
        return Ending("failed", route.reason)
    last = len(route.waypoints) - 1
    for number, point in enumerate(route.waypoints):
        near = within if number == last else REACH if point.door else WITHIN
        arrived = yield from go_to(Point(point.x, point.y, point.z, point.cell), within=near)
        if arrived.how != "done":
            return arrived
        refused = None if point.door is None else (yield from _go_through(point.door, route.waypoints[number + 1]))
        if refused is not None:
            return refused
    return Ending("done", value={"distance": route.distance})


def _go_through(door: str, behind: Waypoint) -> Steps[Ending | None]:
    """Use a door; returns why that failed, or None."""
    seen = yield Request("open", {"unique_index": door})
    if seen.result is not None and not seen.result.success:
        return Ending("failed", f"door {door}: {seen.result.reason}", {"code": seen.result.code})
    if behind.cell != seen.position.cell and not seen.position.exterior:
        return Ending("failed", f"door {door} was used, but the body is still in {seen.position.cell}")
    return None
