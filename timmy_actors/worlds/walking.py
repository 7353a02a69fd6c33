"""Walking straight to a target that the body sees, around what is in the way, and how plans judge what they see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from timmy_actors.protocol import Position
from timmy_actors.worlds.navigation import STUCK_S, Arrived, Route, Stuck
from timmy_actors.worlds.plans import OBSERVE, Ending, Plan, Point, Request, Seen, Steps, cause, distance_to

REACH = 165.0
"""How near to come before using a thing, in game units; the game's reach is 192."""
SIGHT = 8192.0
"""How far to look for a thing, in game units: a cell's side."""


def walk_straight(target: Point | str, *, within: float = REACH, stuck_s: float = STUCK_S, beyond: float = 0.0) -> Plan:
    """Walk to a target, around what is in the way. Failed: the target is not seen; stuck: no way was found.

    Args:
        beyond: how far the goal is behind the target, in game units, for the plan's progress.
    """
    route = Route(within, stuck_s=stuck_s)
    seen = yield OBSERVE
    while True:
        goal = yield from locate(target, seen)
        if goal is None:
            return Ending("failed", f"{target} is not seen from here")
        if not is_in(goal.cell, seen.position):
            return Ending("failed", f"{target} is in another place: {goal.cell}")
        step = route.next(seen.position.x, seen.position.y, goal, seen.now)
        if isinstance(step, Arrived):
            return Ending("done", value={"distance": distance_to(seen.position, goal)})
        if isinstance(step, Stuck):
            return Ending("stuck", step.reason)
        seen = yield towards(step.to, beyond + distance_to(seen.position, goal))
        refusal = refusal_of(seen)
        if refusal is not None:
            return refusal


def towards(to: Point, remaining: float) -> Request:
    """A request for a few steps to a point."""
    return Request("towards", {"x": to.x, "y": to.y, "z": to.z}, remaining)


def refusal_of(seen: Seen) -> Ending | None:
    """Why a plan can't go on after a request; None: it can."""
    result = seen.result
    if result is not None and result.value.get("ended_by") == "replaced":
        return Ending("failed", "another agent moves this body", cause("game_refused", None))
    if result is None or result.success:
        return None
    return Ending("failed", f"{result.action}: {result.reason}", cause(result.code, result.field))


def value_of(seen: Seen) -> Mapping[str, Any]:
    """What a request returned."""
    return {} if seen.result is None else seen.result.value


def is_in(cell: str | None, position: Position) -> bool:
    """Whether the body is in a cell, as far as coordinates go: exterior cells have one system of them."""
    return cell in (None, position.cell) or (position.exterior and cell is not None and _is_exterior(cell))


def _is_exterior(cell: str) -> bool:
    return cell.replace(", ", "").replace("-", "").isdigit()


def locate(target: Point | str, seen: Seen, *, by_door: bool = True) -> Steps[Point | None]:
    """The point at which a target is now; None: it is not seen. `by_door`: a door is what the place behind it is."""
    if isinstance(target, Point):
        return target
    near = seen.near(target)
    if near is not None:
        return Point(near.x, near.y, near.z, near.cell)
    looked = yield Request("look", {"radius": SIGHT})
    thing = find_thing(looked, target, None)
    if thing is None or (not by_door and _leads_to(thing, target)):
        return None
    return None if thing is None else Point(thing["x"], thing["y"], thing["z"], thing["cell"])


def _leads_to(thing: Mapping[str, Any], target: str) -> bool:
    return str(thing.get("leads_to", "")).casefold() == target.casefold()


def find_thing(looked: Seen, target: str, kind: str | None) -> Mapping[str, Any] | None:
    """The thing of a kind (None: any) among those that a look returned; doors have the name of where they lead, too."""
    wanted = target.casefold()
    for thing in value_of(looked).get("things", ()):
        names = (thing.get(key) for key in ("unique_index", "ref_id", "name", "leads_to"))
        if kind in (None, thing["kind"]) and any(name is not None and name.casefold() == wanted for name in names):
            return dict(thing)
    return None
