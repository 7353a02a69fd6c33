"""What a client receives: itself, other players, actors, objects, chat, the world. Updated by packets."""

from __future__ import annotations

import math
import re
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from timmy_actors.player_client.cells import Cell, cell_in
from timmy_actors.player_client.packets.packet import Packet

CHAT_LINES = 50
MAX_PLAYERS = 1000
MAX_THINGS = 20_000
"""The most actors, and the most objects, that are remembered: the oldest are forgotten."""
MAX_ENTRIES = 5000
"""The most lines of the journal, topics and stacks of items that are remembered."""
MAX_CONTENTS = 1000
"""The most stacks of a container that are remembered."""
MAX_STACKS = 50_000
"""The most stacks of all containers together: some tens of MB."""
MAX_PLACES = 500
"""The most cells with authority, and regions with weather, that are remembered."""
HEALTH, MAGICKA, FATIGUE = 0, 1, 2
"""The numbers of a player's dynamic statistics."""
ATTRIBUTE = 40.0
"""An attribute's value where the server has not named it: a new character's."""
SLOTS = 19
"""The places where a player wears or holds something."""
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")

Placement = tuple[float, float, float, float, float, float]
"""x, y, z in game units, and rotations in radians."""
Things = OrderedDict[tuple[int, int], dict[str, Any]]


@dataclass
class Player:
    """A player, as the server describes it: members of packets, by the packet's name."""

    guid: int
    cell: Cell | None = None
    placement: Placement | None = None
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    stats: list[float] = field(default_factory=lambda: [0.0] * 15)
    """Health, magicka and fatigue: base, modifier, current, damage and progress of each."""
    equipment: dict[int, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The player's name; empty before it is received."""
        return str(self.facts.get("PLAYER_BASEINFO", {}).get("name", ""))

    @property
    def dead(self) -> bool:
        """Whether the player died and was not brought back."""
        return "PLAYER_DEATH" in self.facts

    @property
    def health(self) -> float:
        """The current health."""
        return self.current(HEALTH)

    def base(self, gauge: int) -> float:
        """The highest value of `HEALTH`, `MAGICKA` or `FATIGUE`."""
        return self.stats[gauge * 5]

    def current(self, gauge: int) -> float:
        """The current value of one of them."""
        return self.stats[gauge * 5 + 2]

    def restore(self, gauge: int, amount: float) -> None:
        """Change the current value of one of them, at least to 0 and at most to its highest."""
        value = min(self.base(gauge), self.current(gauge) + amount)
        self.stats[gauge * 5 + 2] = max(0.0, value)


@dataclass
class View:
    """Everything that this client received since it connected."""

    me: Player
    others: dict[int, Player] = field(default_factory=dict)
    actors: Things = field(default_factory=OrderedDict)
    objects: Things = field(default_factory=OrderedDict)
    inventory: list[dict[str, Any]] = field(default_factory=list)
    spells: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    journal: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=MAX_ENTRIES))
    chat: deque[str] = field(default_factory=lambda: deque(maxlen=CHAT_LINES))
    time: dict[str, float] = field(default_factory=dict)
    weather: dict[str, dict[str, Any]] = field(default_factory=dict)
    filled: OrderedDict[tuple[int, int], int] = field(default_factory=OrderedDict)
    """How many stacks each container has, an empty one counting as one; the last one named is the last here."""
    stacks: int = 0
    """How many those are in all."""
    authority: set[Cell] = field(default_factory=set)
    """The cells whose actors this client is to move; it knows no game and moves none."""
    revision: int = 0
    """Grows with every packet that changed something."""

    def apply(self, packet: Packet) -> None:
        """Take a packet into account."""
        change = HANDLERS.get(packet.name)
        if change is None or (packet.fields is None and packet.name != "USER_DISCONNECTED"):
            return
        change(self, packet)
        self.revision += 1

    def attribute(self, number: int) -> float:
        """The base value of one of the own attributes."""
        values = self.me.facts.get("PLAYER_ATTRIBUTE", {}).get("attributes")
        return ATTRIBUTE if values is None else float(values[number * 5])

    def player(self, guid: int) -> Player:
        """The player of a guid, known or new; a new one beyond the limit is not remembered."""
        if guid == self.me.guid:
            return self.me
        player = self.others.get(guid) or Player(guid)
        if len(self.others) < MAX_PLAYERS:
            self.others[guid] = player
        return player


def _chat(view: View, packet: Packet) -> None:
    view.chat.append(_COLOUR.sub("", packet["text"]).rstrip("\n"))


def _left(view: View, packet: Packet) -> None:
    view.others.pop(packet.guid, None)


def _keep(view: View, packet: Packet) -> None:
    view.player(packet.guid).facts[packet.name] = dict(packet.fields or {})


def _position(view: View, packet: Packet) -> None:
    view.player(packet.guid).placement = packet["position"]


def _cell(view: View, packet: Packet) -> None:
    view.player(packet.guid).cell = cell_in(packet.fields or {})


def _stats(view: View, packet: Packet) -> None:
    player = view.player(packet.guid)
    if packet["full"]:
        player.stats[:] = packet["stats"]
    for change in (packet.fields or {}).get("changes", ()):
        if change["index"] < 3:
            player.stats[change["index"] * 5 : change["index"] * 5 + 5] = change["value"]
    if player.health > 0:
        player.facts.pop("PLAYER_DEATH", None)  # a resurrection is reported to no other client


def _equipment(view: View, packet: Packet) -> None:
    equipment = view.player(packet.guid).equipment
    items = enumerate(packet["items"]) if packet["full"] else ((item["slot"], item) for item in packet["changes"])
    for slot, item in items:
        if not 0 <= slot < SLOTS:
            continue
        if item["ref_id"]:
            equipment[slot] = item
        else:
            equipment.pop(slot, None)


def _inventory(view: View, packet: Packet) -> None:
    if packet.guid != view.me.guid:
        return
    if packet["action"] == 0:
        view.inventory = [dict(item) for item in packet["items"][:MAX_ENTRIES]]
        return
    sign = 1 if packet["action"] == 1 else -1
    _change_stacks(view, ((item, sign * item["count"]) for item in packet["items"][:MAX_ENTRIES]))


def change_inventory(view: View, item: Mapping[str, Any], count: int) -> None:
    """Add to a stack of the inventory, or take from it."""
    _change_stacks(view, [(item, count)])


def _change_stacks(view: View, changes: Iterable[tuple[Mapping[str, Any], int]]) -> None:
    """Make all changes in one pass: a packet may have as many as there are stacks."""
    stacks = {_stack_key(stack): stack for stack in reversed(view.inventory)}
    for item, count in changes:
        stack = stacks.get(_stack_key(item))
        if stack is not None:
            stack["count"] += count
            if stack["count"] <= 0:
                del stacks[_stack_key(item)]
        elif count > 0 and len(view.inventory) < MAX_ENTRIES:
            stacks[_stack_key(item)] = {**item, "count": count}
            view.inventory.append(stacks[_stack_key(item)])
    view.inventory = [stack for stack in view.inventory if stack["count"] > 0]


def _stack_key(item: Mapping[str, Any]) -> tuple[str, int, str]:
    return item["ref_id"], item["charge"], item["soul"]


def _merge_names(names: list[str], action: int, new: list[str]) -> list[str]:
    if action == 0:
        return new[:MAX_ENTRIES]
    if action == 2:
        gone = set(new)
        return [name for name in names if name not in gone]
    return list(dict.fromkeys((*names, *new)))[:MAX_ENTRIES]


def _spellbook(view: View, packet: Packet) -> None:
    if packet.guid == view.me.guid:
        view.spells = _merge_names(view.spells, packet["action"], packet["spells"])


def _topics(view: View, packet: Packet) -> None:
    view.topics = _merge_names(view.topics, 1, packet["topics"])


def _journal(view: View, packet: Packet) -> None:
    view.journal.extend(packet["items"])


def _time(view: View, packet: Packet) -> None:
    view.time.update({name: value for name, value in (packet.fields or {}).items() if value >= 0})


def _weather(view: View, packet: Packet) -> None:
    region = packet["region"].casefold()
    if region in view.weather or len(view.weather) < MAX_PLACES:
        view.weather[region] = dict(packet.fields or {})


def _authority(view: View, packet: Packet) -> None:
    cell = cell_in(packet.fields or {})
    if packet.guid != view.me.guid:
        view.authority.discard(cell)
    elif len(view.authority) < MAX_PLACES:
        view.authority.add(cell)


def _actors(view: View, packet: Packet) -> None:
    cell = cell_in(packet.fields or {})
    for actor in packet["actors"]:
        key = (actor["ref_num"], actor["mp_num"])
        now_in = cell_in(actor) if packet.name == "ACTOR_CELL_CHANGE" else cell
        known = _remember(view.actors, key)
        known.update(actor)
        known["in"] = now_in
        if packet.name == "ACTOR_DEATH":
            known["dead"] = True


def _objects(view: View, packet: Packet) -> None:
    cell = cell_in(packet.fields or {})
    for thing in packet["objects"]:
        key = (thing["ref_num"], thing["mp_num"])
        if packet.name == "OBJECT_DELETE":
            view.objects.pop(key, None)
            view.actors.pop(key, None)
            continue
        known = _remember(view.actors if packet.name == "OBJECT_SPAWN" else view.objects, key)
        known["in"] = cell
        known.setdefault("kinds", set()).add(packet.name)
        if packet.name != "DOOR_DESTINATION":
            known.update(thing)
            continue
        known.update(ref_id=thing["ref_id"], ref_num=thing["ref_num"], mp_num=thing["mp_num"])
        if thing["teleports"]:
            known["leads_to"] = cell_in(thing)
            known["destination"] = (*thing["position"], 0.0, 0.0, thing["rotation_z"] * math.pi)


def _container(view: View, packet: Packet) -> None:
    if packet["action"] == 3:
        return  # a request, which only a client with the game's data can answer
    cell = cell_in(packet.fields or {})
    for thing in packet["objects"]:
        known = _remember(view.objects, (thing["ref_num"], thing["mp_num"]))
        known.update(ref_id=thing["ref_id"], ref_num=thing["ref_num"], mp_num=thing["mp_num"])
        known["in"] = cell
        known.setdefault("kinds", set()).add(packet.name)
        if packet["action"] == 0:
            known["contents"] = [dict(item) for item in thing["items"][:MAX_CONTENTS]]
        else:
            _change_contents(known.setdefault("contents", []), thing["items"][:MAX_CONTENTS], packet["action"])
        _bound_contents(view, (thing["ref_num"], thing["mp_num"]), len(known["contents"]))


def _bound_contents(view: View, key: tuple[int, int], count: int) -> None:
    """Note how much a container has, and forget the contents of those that the server has not named for the longest."""
    view.stacks += max(1, count) - view.filled.pop(key, 0)
    view.filled[key] = max(1, count)
    while view.stacks > MAX_STACKS:
        oldest, freed = view.filled.popitem(last=False)
        view.stacks -= freed
        view.objects.get(oldest, {}).pop("contents", None)


def _change_contents(contents: list[dict[str, Any]], items: list[dict[str, Any]], action: int) -> None:
    for item in items:
        stack = next((stack for stack in contents if stack["ref_id"] == item["ref_id"]), None)
        if action == 1 and stack is None and len(contents) < MAX_CONTENTS:
            contents.append(dict(item))
        elif stack is not None:
            stack["count"] += item["count"] if action == 1 else -item["action_count"]
    contents[:] = [stack for stack in contents if stack["count"] > 0]


def _reset(view: View, packet: Packet) -> None:
    cells = {cell_in(each) for each in packet["cells"]}
    for things in (view.actors, view.objects):
        for key in [key for key, thing in things.items() if thing["in"] in cells]:
            del things[key]


def _remember(things: Things, key: tuple[int, int]) -> dict[str, Any]:
    known = things.setdefault(key, {})
    if len(things) > MAX_THINGS:
        things.popitem(last=False)
    return known


Handler = Callable[[View, Packet], None]
_KEPT = (
    "PLAYER_BASEINFO", "PLAYER_ANIM_FLAGS", "PLAYER_ATTRIBUTE", "PLAYER_SKILL", "PLAYER_LEVEL", "PLAYER_BOUNTY",
    "PLAYER_REPUTATION", "PLAYER_DEATH", "PLAYER_CHARCLASS",
)  # fmt: skip
_ACTORS = ("ACTOR_LIST", "ACTOR_POSITION", "ACTOR_STATS_DYNAMIC", "ACTOR_DEATH", "ACTOR_CELL_CHANGE")
_OBJECTS = (
    "OBJECT_PLACE", "OBJECT_SPAWN", "OBJECT_DELETE", "OBJECT_LOCK", "OBJECT_MOVE", "OBJECT_STATE", "DOOR_STATE",
    "DOOR_DESTINATION",
)  # fmt: skip
HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(_KEPT, _keep),
    **dict.fromkeys(_ACTORS, _actors),
    **dict.fromkeys(_OBJECTS, _objects),
    "CHAT_MESSAGE": _chat,
    "USER_DISCONNECTED": _left,
    "PLAYER_POSITION": _position,
    "PLAYER_CELL_CHANGE": _cell,
    "PLAYER_STATS_DYNAMIC": _stats,
    "PLAYER_EQUIPMENT": _equipment,
    "PLAYER_INVENTORY": _inventory,
    "PLAYER_SPELLBOOK": _spellbook,
    "PLAYER_TOPIC": _topics,
    "PLAYER_JOURNAL": _journal,
    "WORLD_TIME": _time,
    "WORLD_WEATHER": _weather,
    "ACTOR_AUTHORITY": _authority,
    "CONTAINER": _container,
    "CELL_RESET": _reset,
}
"""What each packet changes in the view."""
