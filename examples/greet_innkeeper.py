"""An agent that is told to find the innkeeper in Balmora and to greet her: first as a player, then as an NPC.

Start a daemon (`timmy-actors run`), then: `python examples/greet_innkeeper.py`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from timmy_actors import connect
from timmy_actors.client import Calls
from timmy_actors.protocol import Action, Position
from timmy_actors.worlds import Look, NpcBody, PlayerBody, Talk, WorldInterface, go_to, say_to, use_door

TOWN = "Balmora"
TOPIC = "beds"
"""Who can tell of these is an innkeeper."""
MESSENGER = "hlaalu guard"
"""The record of the NPC."""
WITHIN_S = 120.0
"""How long a walk may take."""


class Innkeeper(NamedTuple):
    """Who was found, and where."""

    name: str
    entrance: Position
    """Where one stands after going in."""


def find_innkeeper(player: PlayerBody) -> Innkeeper | None:
    """Go into one building after the other, the nearest first, and ask everybody there."""
    player.act(Action(action="teleport", params={"to": TOWN}), observe=True)
    buildings = [door["leads_to"] for door in seen(player, "door") if door.get("leads_to", "").startswith(TOWN)]
    for building in buildings:
        entered = player.perform(use_door(building), deadline_s=WITHIN_S)
        if not entered.success or entered.seen is None or entered.seen.position is None:
            continue  # locked, or out of reach
        for person in seen(player, "actor"):
            if TOPIC in ask(player, person):
                return Innkeeper(person["name"], entered.seen.position)
        way_out = next(door["unique_index"] for door in seen(player, "door") if "leads_to" in door)
        player.perform(use_door(way_out), deadline_s=WITHIN_S)
    return None


def greet(body: WorldInterface, name: str) -> str:
    """Go to a person and say hello. Any body can do this."""
    done = body.perform(say_to(name, f"Good day, {name}!"), deadline_s=WITHIN_S)
    return done.outcome if done.success else f"{done.outcome}: {done.reason}"


def seen(player: PlayerBody, kind: str) -> Iterator[dict[str, Any]]:
    """What the player sees of a kind, the nearest first."""
    things = player.act(Look(radius=8192)).value.get("things", ())
    return (dict(thing) for thing in things if thing["kind"] == kind)


def ask(player: PlayerBody, person: dict[str, Any]) -> list[str]:
    """The topics that a person tells of; none if it cannot be reached."""
    if not player.perform(go_to(person["unique_index"]), deadline_s=WITHIN_S).success:
        return []
    return list(player.act(Talk(unique_index=person["unique_index"])).value.get("topics", ()))


def live(daemon: Calls) -> Iterator[str]:
    """Run the agent once, in both bodies; a line for each thing that it did."""
    player = PlayerBody(daemon)
    innkeeper = find_innkeeper(player)
    if innkeeper is None:
        yield f"there is no innkeeper in {TOWN}"
        return
    name, entrance = innkeeper
    yield f"{name} keeps the inn {entrance.cell}"
    yield f"greeting as a player: {greet(player, name)}"
    place = entrance.model_dump(include={"cell", "x", "y", "z"})
    with NpcBody.spawn(daemon, MESSENGER, **place) as npc:
        yield f"greeting as an NPC: {greet(npc, name)}"


if __name__ == "__main__":
    with connect() as daemon:
        for line in live(daemon):
            print(line)  # noqa: T201 - the example's output
