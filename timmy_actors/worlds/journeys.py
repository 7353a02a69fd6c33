"""Going to a target: on a route of the game's data files, and through its doors; straight where none is known."""

from __future__ import annotations

from dataclasses import replace

from timmy_actors.protocol import GameRoute, Waypoint
from timmy_actors.worlds.navigation import STUCK_S
from timmy_actors.worlds.plans import OBSERVE, Ending, Plan, Point, Request, Seen, Steps, distance_to
from timmy_actors.worlds.walking import REACH, is_in, locate, walk_straight

WITHIN = 60.0
"""How near to come to a way point that has no door, in game units: farther off, the next one may be behind a corner."""
CLOSE = 1024.0
"""From the end of a route, the rest of the way to somebody who walks about is straight, in game units."""
MOST_ROUTES = 4
"""How many routes are walked to somebody who walks about."""
DOOR_WITHIN_S = 10.0
"""How long the way through a door may take: a client loads the cell behind it."""


def go_to(target: Point | str, *, within: float = REACH, stuck_s: float = STUCK_S) -> Plan:
    """Walk to a target on a route of the game's data files, or straight on, around what is in the way.

    The value says which under `path`: `route`, `seen` (a way that players were seen to walk) or `straight`, and under
    `no_route` why no route was walked. Without data files a target must be seen, and in the same place.
    Failed: it is not there; stuck: no way was found.
    """
    mark, near, sought = {"path": "straight"}, within, target
    for _ in range(MOST_ROUTES):
        seen = yield OBSERVE
        goal = yield from locate(sought, seen, by_door=False)
        if goal is not None and is_in(goal.cell, seen.position) and distance_to(seen.position, goal) <= near:
            break  # the rest is straight
        if goal is None and mark["path"] != "straight":
            return Ending("failed", f"{target} is not where the game's files put it", mark)
        route, path = yield from _ask(sought if goal is None else goal, seen)
        if route.reason is not None:
            mark["no_route"] = route.reason
            break
        ending = yield from walk_route(route, within=within, stuck_s=stuck_s)
        mark = {"path": path}
        if ending.how != "done" or isinstance(target, Point) or (goal is None and route.unique_index is None):
            return _marked(ending, mark)
        sought, near = route.unique_index or sought, max(CLOSE, within)
    return _marked((yield from walk_straight(sought, within=within, stuck_s=stuck_s)), mark)


def walk_route(route: GameRoute, *, within: float = REACH, stuck_s: float = STUCK_S) -> Plan:
    """Walk a route, the result of `route`, to `within` game units of its end.

    Failed: there is no route, or a door could not be used; stuck: something is in the way that the files do not know.
    """
    yield OBSERVE
    if route.reason is not None:
        return Ending("failed", route.reason)
    left, last = route.distance, len(route.waypoints) - 1
    for number, point in enumerate(route.waypoints):
        left = max(0.0, left - point.distance)
        near = within if number == last else REACH if point.door else WITHIN
        to = Point(point.x, point.y, point.z, point.cell)
        arrived = yield from walk_straight(to, within=near, stuck_s=stuck_s, beyond=left)
        if arrived.how != "done":
            return arrived
        refused = None if point.door is None else (yield from _go_through(point.door, route.waypoints[number + 1]))
        if refused is not None:
            return refused
    return Ending("done", value={"distance": route.distance})


def _go_through(door: str, behind: Waypoint) -> Steps[Ending | None]:
    """Use a door, and wait until the body is behind it; returns why that failed, or None."""
    seen = yield Request("open", {"unique_index": door})
    if seen.result is not None and not seen.result.success:
        return Ending("failed", f"door {door}: {seen.result.reason}", {"code": seen.result.code})
    until = seen.now + DOOR_WITHIN_S
    while not is_in(behind.cell, seen.position):
        if seen.now >= until:
            return Ending("failed", f"door {door} was used, but the body is still in {seen.position.cell}")
        seen = yield OBSERVE
    return None


def _ask(to: Point | str, seen: Seen) -> Steps[tuple[GameRoute, str]]:
    """Ask the body for a route from where it is, and whose it is."""
    answered = yield Request("route", {"to": to, "start": seen.position})
    route = None if answered.result is None else answered.result.value.get("route")
    if isinstance(route, GameRoute):
        return route, str(answered.result.value.get("path", "route")) if answered.result else "route"
    reason = None if answered.result is None else answered.result.reason
    return GameRoute(reason=reason or "this body knows no routes"), "straight"


def _marked(ending: Ending, mark: dict[str, str]) -> Ending:
    return replace(ending, value={**ending.value, **mark})
