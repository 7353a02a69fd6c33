"""A perception out of what the client received. It has no pid, and nothing that only the game's data files say."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal

from timmy_actors.player_client.cells import Cell
from timmy_actors.player_client.packets.codecs import Scope
from timmy_actors.player_client.perceiving_character import perceive_spells, perceive_stats
from timmy_actors.player_client.session import PlayerSession
from timmy_actors.player_client.view import Placement, Player, View
from timmy_actors.protocol import (
    Chat,
    ChatLine,
    Condition,
    Equipment,
    Gauge,
    Inventory,
    Item,
    NearbyActor,
    NearbyActors,
    NearbyObject,
    NearbyObjects,
    NearbyPlayer,
    NearbyPlayers,
    PerceptionOutput,
    Position,
    Quests,
    Topics,
    World,
)

RADIUS = 8192.0
"""How far actors, players and objects are perceived, in game units: a cell's side."""
MAX_NEARBY = 100
"""The most actors, players and objects of a perception: the nearest."""
SNEAKING = 8
SLOTS: Final = (
    "helmet", "cuirass", "greaves", "left_pauldron", "right_pauldron", "left_gauntlet", "right_gauntlet", "boots",
    "shirt", "pants", "skirt", "robe", "left_ring", "right_ring", "amulet", "belt", "carried_right", "carried_left",
    "ammunition",
)  # fmt: skip
DRAWN: Final[dict[int, Literal["nothing", "weapon", "spell"]]] = {0: "nothing", 1: "weapon", 2: "spell"}
KINDS: Final[tuple[tuple[str, Literal["container", "door", "item"]], ...]] = (
    ("CONTAINER", "container"),
    ("DOOR_DESTINATION", "door"),
    ("DOOR_STATE", "door"),
    ("OBJECT_PLACE", "item"),
)
"""What a packet says about the kind of its object."""
_GAUGES = 15


def perceive(session: PlayerSession, *, name: str, epoch: int) -> PerceptionOutput | None:
    """The player's perception; None before the server has placed it."""
    view, me = session.view, session.view.me
    if me.placement is None or me.cell is None:
        return None
    sections: dict[str, Any] = {
        "position": _position(me.cell, me.placement),
        "condition": _condition(me),
        "stats": perceive_stats(me),
        "spells": perceive_spells(view),
        "inventory": Inventory(items=tuple(map(_item, view.inventory))),
        "equipment": Equipment(slots={SLOTS[slot]: _item(item) for slot, item in sorted(me.equipment.items())}),
        "topics": Topics(topics=tuple(view.topics)),
        "quests": Quests(stages={line["quest"]: line["index"] for line in view.journal}),
        "nearby_actors": _actors(view, me.cell, me.placement),
        "nearby_players": _players(view, me.cell, me.placement),
        "nearby_objects": _objects(view, me.cell, me.placement),
        "world": _world(view),
        "chat": Chat(lines=tuple(ChatLine(text=text, now=0) for text in view.chat)),
    }
    present = {section: value for section, value in sections.items() if value is not None}
    return PerceptionOutput(
        player=name,
        pid=0,
        boot=boot_of(epoch),
        epoch=epoch,
        revision=view.revision,
        revisions=dict.fromkeys(present, view.revision),
        sources=dict.fromkeys(present, "client"),
        timestamp=datetime.now(UTC),
        **present,
    )


def boot_of(epoch: int) -> str:
    """The boot id of a connection's perceptions: their revisions cannot be compared with those of another."""
    return f"client-{epoch}"


def _position(cell: Cell, placement: Placement) -> Position:
    x, y, z, pitch, _, yaw = placement
    return Position(
        cell=cell.description,
        exterior=not cell.interior,
        region="",
        x=x,
        y=y,
        z=z,
        pitch=math.degrees(pitch),
        yaw=math.degrees(yaw),
    )


def _condition(player: Player) -> Condition:
    flags = player.facts.get("PLAYER_ANIM_FLAGS", {})
    return Condition(
        dead=player.dead,
        drawn=DRAWN.get(flags.get("draw_state", 0), "nothing"),
        sneaking=bool(flags.get("movement_flags", 0) & SNEAKING),
        werewolf=False,
        scale=1.0,
    )


def _item(item: Mapping[str, Any]) -> Item:
    return Item(
        ref_id=item["ref_id"],
        count=max(0, item["count"]),
        charge=item["charge"],
        enchantment_charge=item["enchantment_charge"],
        soul=item.get("soul", ""),
    )


def _players(view: View, cell: Cell, here: Placement) -> NearbyPlayers:
    near = [
        NearbyPlayer.model_validate(
            {
                "name": player.name,
                "pid": 0,
                "cell": player.cell.description,
                **_place(here, player.placement),
                "level": player.facts.get("PLAYER_LEVEL", {}).get("level", 1),
                "race": player.facts.get("PLAYER_BASEINFO", {}).get("race", ""),
                "health": Gauge(current=player.stats[2], base=player.stats[0]),
                "dead": player.dead,
                "drawn": _condition(player).drawn,
                "sneaking": _condition(player).sneaking,
            }
        )
        for player in view.others.values()
        if player.placement is not None and player.cell is not None and _together(player.cell, cell)
    ]
    return NearbyPlayers(**_nearest("players", near))


def _actors(view: View, cell: Cell, here: Placement) -> NearbyActors:
    near = [
        NearbyActor(
            unique_index=f"{ref_num}-{mp_num}",
            ref_id=actor["ref_id"],
            cell=actor["in"].description,
            **_place(here, actor["position"]),
            health=_actor_health(actor),
            dead=actor.get("dead", False),
        )
        for (ref_num, mp_num), actor in view.actors.items()
        if "ref_id" in actor and "position" in actor and _together(actor["in"], cell)
    ]
    return NearbyActors(**_nearest("actors", near))


def _actor_health(actor: Scope) -> Gauge | None:
    stats = actor.get("stats")
    return Gauge(current=stats[2], base=stats[0]) if stats is not None and len(stats) == _GAUGES else None


def _objects(view: View, cell: Cell, here: Placement) -> NearbyObjects:
    known = [
        NearbyObject(
            unique_index=f"{ref_num}-{mp_num}",
            ref_id=thing["ref_id"],
            kind=_kind(thing),
            cell=thing["in"].description,
            **(_place(here, thing["position"]) if "position" in thing else {}),
            lock_level=thing.get("lock_level"),
            enabled=thing.get("enabled", True),
            contents=len(thing["contents"]) if "contents" in thing else None,
            count=max(1, thing.get("count", 1)),
        )
        for (ref_num, mp_num), thing in view.objects.items()
        if thing.get("ref_id") and _together(thing["in"], cell)
    ]
    return NearbyObjects(**_nearest("objects", known))


def _kind(thing: Mapping[str, Any]) -> Literal["container", "door", "item", "other"]:
    return next((kind for packet, kind in KINDS if packet in thing.get("kinds", ())), "other")


def _world(view: View) -> World | None:
    time = view.time
    if not {"year", "month", "day", "hour", "days_passed"} <= time.keys() or time["month"] > 11:
        return None
    return World(
        year=int(time["year"]),
        month=int(time["month"]) + 1,  # the packet counts from 0
        day=int(time["day"]),
        hour=time["hour"],
        days_passed=int(time["days_passed"]),
    )


def _place(here: Placement, there: tuple[float, ...]) -> dict[str, Any]:
    x, y, z = there[:3]
    return {
        "x": x,
        "y": y,
        "z": z,
        "distance": math.dist(here[:3], (x, y, z)),
        "bearing": math.degrees(math.atan2(x - here[0], y - here[1])) % 360,
    }


def _together(there: Cell, here: Cell) -> bool:
    """Whether two cells share coordinates: all exterior ones do."""
    return there == here if here.interior or there.interior else True


def _nearest(name: str, known: list[Any]) -> dict[str, Any]:
    near = sorted(_within_radius(known), key=lambda each: math.inf if each.distance is None else each.distance)
    return {
        name: tuple(near[:MAX_NEARBY]),
        "truncated": len(near) > MAX_NEARBY,
        "left_out": max(0, len(near) - MAX_NEARBY),
    }


def _within_radius(known: list[Any]) -> Iterator[Any]:
    return (each for each in known if each.distance is None or each.distance <= RADIUS)
