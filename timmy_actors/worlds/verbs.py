"""What a body can be asked to do in one word: each is a plan of smaller steps.

`body.perform(go_to("Fargoth"), deadline_s=60)` runs one. A target is a `Point`, or the name, record or unique index of
an actor, a player, or a thing that the body sees.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from timmy_actors.worlds.journeys import go_to
from timmy_actors.worlds.navigation import Arrived, Route, Stuck
from timmy_actors.worlds.plans import OBSERVE, Ending, Plan, Point, Request, Steps
from timmy_actors.worlds.walking import SIGHT, find_thing, refusal_of, towards, value_of

FOLLOW_WITHIN = 250.0
FLEE_LEG = 500.0
MOST_BLOCKED = 8
"""The most steps of a flight in a row that walls stop: 200 degrees to both sides."""
TALK_DEPTH = 8
"""The most topics chosen on the way to the wanted one."""


def follow(name: str, seconds: float, *, within: float = FOLLOW_WITHIN) -> Plan:
    """Stay near an actor or a player for some seconds."""
    seen = yield OBSERVE
    until = seen.now + seconds
    route = Route(within, stuck_s=max(seconds, 1.0))
    while seen.now < until:
        other = seen.near(name)
        if other is None:
            return Ending("failed", f"{name} is out of sight")
        step = route.next(seen.position.x, seen.position.y, Point(other.x, other.y, other.z), seen.now)
        if isinstance(step, Stuck):
            return Ending("stuck", step.reason)
        seen = yield OBSERVE if isinstance(step, Arrived) else towards(step.to, other.distance)
        refusal = refusal_of(seen)
        if refusal is not None:
            return refusal
    return Ending("done")


def flee(name: str, distance: float = 1500.0) -> Plan:
    """Get some distance away from an actor or a player; out of sight is far enough."""
    seen = yield OBSERVE
    turn, blocked = 0.0, 0
    while (other := seen.near(name)) is not None and other.distance < distance:
        before = seen.position
        away = math.atan2(before.x - other.x, before.y - other.y) + turn
        to = Point(before.x + FLEE_LEG * math.sin(away), before.y + FLEE_LEG * math.cos(away))
        seen = yield towards(to, distance - other.distance)
        refusal = refusal_of(seen)
        if refusal is not None:
            return refusal
        came = math.hypot(seen.position.x - before.x, seen.position.y - before.y)
        blocked = blocked + 1 if came < FLEE_LEG / 10 else 0
        turn = math.radians(50) * ((blocked + 1) // 2) * (-1) ** blocked
        if blocked > MOST_BLOCKED:
            return Ending("stuck", f"walls are in the way, {other.distance:.0f} game units from {name}")
    return Ending("done")


def pick_up(thing: str) -> Plan:
    """Go to an item that lies about and pick it up."""
    item = yield from _approach(thing, "item")
    if isinstance(item, Ending):
        return item
    seen = yield Request("take", {"unique_index": item["unique_index"]})
    return refusal_of(seen) or Ending("done", value=value_of(seen))


def use_door(door: str) -> Plan:
    """Go to a door and through it: its unique index, or the name of the cell that it leads to."""
    thing = yield from _approach(door, "door")
    if isinstance(thing, Ending):
        return thing
    seen = yield Request("open", {"unique_index": thing["unique_index"]})
    refusal = refusal_of(seen)
    if refusal is not None:
        return refusal
    if thing.get("leads_to") not in (None, seen.position.cell):
        return Ending("failed", f"the door was used, but the body is still in {seen.position.cell}")
    return Ending("done", value=value_of(seen))


def give(item: str, to: str, count: int = 1) -> Plan:
    """Go to a player and give it an item out of the own inventory."""
    arrived = yield from go_to(to)
    if arrived.how != "done":
        return arrived
    seen = yield Request("give", {"item": item, "count": count, "to": to})
    return refusal_of(seen) or Ending("done", value=value_of(seen))


def say_to(name: str, text: str) -> Plan:
    """Go to an actor or player and say something: to a player privately, else in the chat of those who are near."""
    arrived = yield from go_to(name, within=FOLLOW_WITHIN)
    if arrived.how != "done":
        return arrived
    seen = yield Request("say", {"text": text, "to": name})
    return refusal_of(seen) or Ending("done", value=value_of(seen))


def talk_about(person: str, topic: str) -> Plan:
    """Go to a person and talk about a topic; topics that lead to it are chosen on the way, each once."""
    thing = yield from _approach(person, "actor")
    if isinstance(thing, Ending):
        return thing
    seen = yield Request("talk", {"unique_index": thing["unique_index"]})
    refusal, chosen = refusal_of(seen), set[str]()
    while refusal is None:
        topics = [each for each in value_of(seen).get("topics", ()) if each not in chosen]
        if topic.casefold() in topics:
            seen = yield Request("choose_topic", {"topic": topic})
            return refusal_of(seen) or Ending("done", value=value_of(seen))
        if not topics or len(chosen) >= TALK_DEPTH:
            return Ending("failed", f"{person} has nothing to say about {topic}")
        chosen.add(topics[0])
        seen = yield Request("choose_topic", {"topic": topics[0]})
        refusal = refusal_of(seen)
    return refusal


def _look_for(target: str, kind: str) -> Steps[Mapping[str, Any] | Ending | None]:
    """The thing of a kind that the body sees; None: there is none; or why it can't look."""
    looked = yield Request("look", {"radius": SIGHT})
    return refusal_of(looked) or find_thing(looked, target, kind)


def _approach(target: str, kind: str) -> Steps[Mapping[str, Any] | Ending]:
    """Go to a thing of a kind: returns what was seen of it, or the ending of the attempt."""
    thing = yield from _look_for(target, kind)
    if thing is None and kind == "actor" and (yield from go_to(target)).how == "done":  # the game's files know where
        thing = yield from _look_for(target, kind)
    if thing is None:
        return Ending("failed", f"no {kind} {target} is seen from here")
    if isinstance(thing, Ending):
        return thing
    place = Point(thing["x"], thing["y"], thing["z"], thing["cell"])
    arrived = yield from go_to(thing["unique_index"] if kind == "actor" else place)  # actors walk about
    return thing if arrived.how == "done" else arrived
