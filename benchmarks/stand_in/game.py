"""What the stand-in server does with packets: logins, and passing on what players do. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.stand_in.raknet import SERVER_GUID, FromClient, Joined, Left, RakNetServer, ServerEvent
from timmy_actors.errors import ProtocolError
from timmy_actors.player_client.cells import Cell, cell_in
from timmy_actors.player_client.packets.packet import BY_NAME, Packet, decode, encode

SPAWN = Cell("", -2, -9)
SPAWN_PLACE = (-11_200.0, -71_000.0, 300.0, 0.0, 0.0, 0.0)
FIRST_PLACE = Cell("", 0, 0)
"""Where a new account is moved before its character is made."""
CELLS_APART = 3
ADD, REMOVE = 1, 2
"""Actions on a container."""
WHOLE = (100.0, 100.0, 100.0, 0.0, 0.0) * 3
GAUGES: dict[str, Any] = {"full": True, "stats": WHOLE}
SETTINGS: dict[str, Any] = {
    "difficulty": 0,
    "console": False,
    "bed_rest": True,
    "wilderness_rest": True,
    "wait": True,
    "log_level": -1,
    "physics_framerate": 60.0,
    "settings": [],
    "vr_settings": [],
}
UNSET = (math.nan, 1e27, -math.inf)
TIME: dict[str, Any] = {"hour": 9.0, "day": 16, "month": 6, "year": 427, "days_passed": 1, "time_scale": 30.0}
REQUESTS = ("PLAYER_BASEINFO", "PLAYER_STATS_DYNAMIC", "PLAYER_POSITION", "PLAYER_CELL_CHANGE", "PLAYER_EQUIPMENT")
TO_THOSE_NEAR = frozenset(
    ("PLAYER_POSITION", "PLAYER_ANIM_FLAGS", "PLAYER_EQUIPMENT", "PLAYER_ATTACK", "PLAYER_CAST", "PLAYER_STATS_DYNAMIC")
)
TO_ALL = frozenset(
    ("PLAYER_CELL_CHANGE", "PLAYER_DEATH", "OBJECT_ACTIVATE", "OBJECT_DELETE", "DOOR_STATE", "CONTAINER")
)


@dataclass
class Guest:
    """A connected player."""

    guid: int
    pid: int
    name: str = ""
    checked: bool = False
    in_world: bool = False
    loaded: set[Cell] = field(default_factory=set)
    last: dict[str, Packet] = field(default_factory=dict)
    """The last packet of each kind."""
    packets: int = 0


@dataclass
class StandInGame:
    """The rules of the stand-in; its fields say whom it lets in."""

    network: RakNetServer
    accounts: dict[str, str] = field(default_factory=dict)
    plugins: tuple[tuple[str, int], ...] | None = None
    """The data files that it demands; None: it demands none."""
    guests: dict[int, Guest] = field(default_factory=dict)
    holders: dict[Cell, int] = field(default_factory=dict)
    """Whose client is responsible for a cell's actors."""
    objects: list[Packet] = field(default_factory=list)
    """Packets about objects, for those who load their cell."""
    contents: dict[tuple[int, int], dict[str, int]] = field(default_factory=dict)
    """How many of which item are in each container that was used."""
    malformed: int = 0
    revives: bool = True
    """Whether it brings the dead back at once."""
    spread: bool = False
    """Whether players come into the world two a cell, in a row of cells that is far from each other."""
    _next_mp_num: int = 1000

    def handle(self, events: list[ServerEvent], now: float) -> None:
        """Take what happened on the network."""
        for event in events:
            match event:
                case Joined(guid):
                    self.guests[guid] = Guest(guid, len(self.guests))
                case Left(guid):
                    self._forget(guid, now)
                case FromClient(guid, data):
                    guest = self.guests.get(guid)
                    if guest is not None:
                        self._on_message(guest, data, now)

    def send(self, to: int, name: str, now: float, /, *, about: int | None = None, **fields: Any) -> None:
        """Send a packet about a player, or about the one that it goes to."""
        packet = Packet(name, to if about is None else about, fields or None)
        self.network.send(to, encode(packet), BY_NAME[name].channel, now)

    def broadcast(self, packet: Packet, now: float, to: Callable[[Guest], bool] = lambda guest: guest.in_world) -> None:
        """Send a packet to many."""
        data = encode(packet)
        for guest in self.guests.values():
            if to(guest):
                self.network.send(guest.guid, data, BY_NAME[packet.name].channel, now)

    def guest(self, name: str) -> Guest | None:
        """The player of a name."""
        return next((guest for guest in self.guests.values() if guest.name == name and guest.in_world), None)

    def place(self, guest: Guest, cell: Cell, place: tuple[float, ...], now: float) -> None:
        """Move a player. As a real server does, it sends what its memory had where it has set no number."""
        self.send(guest.guid, "PLAYER_CELL_CHANGE", now, **cell.fields(), previous=UNSET, changing_region=False)
        position = (*place[:4], math.nan, place[5])
        self.send(guest.guid, "PLAYER_POSITION", now, position=position, direction=(*UNSET, *UNSET))

    def ask_password(self, guest: Guest, now: float) -> None:
        """Show the dialog that asks for the account's password, or for a new one."""
        known = guest.name in self.accounts
        label = "Enter your password:" if known else "Create new password:"
        self.send(guest.guid, "GUI_MESSAGEBOX", now, id=1 if known else 2, type=3, label=label, data="", note="")

    def _on_message(self, guest: Guest, data: bytes, now: float) -> None:
        try:
            packet = decode(data)
        except ProtocolError:
            self.malformed += 1
            return
        guest.packets += 1
        guest.last[packet.name] = packet
        act = _ACTS.get(packet.name)
        if act is not None:
            act(self, guest, packet, now)
        passed_on = Packet(packet.name, guest.guid, packet.fields)
        if packet.name == "CONTAINER":
            passed_on = self._contents(passed_on)
        if packet.name in TO_THOSE_NEAR and packet.fields is not None and guest.in_world:
            near = guest.loaded
            self.broadcast(passed_on, now, lambda other: other is not guest and not near.isdisjoint(other.loaded))
        elif packet.name in TO_ALL and guest.in_world:
            echo = packet.name not in ("PLAYER_CELL_CHANGE", "PLAYER_DEATH")
            self.broadcast(passed_on, now, lambda other: other.in_world and (echo or other is not guest))

    def _preinit(self, guest: Guest, packet: Packet, now: float) -> None:
        if not packet["plugins"]:  # the real server takes that for an invalid packet
            self.network.throw_out(guest.guid, now, silently=True)
            return
        sent_plugins = tuple((plugin["name"], plugin["hashes"][0]) for plugin in packet["plugins"])
        if self.plugins is not None and sent_plugins != self.plugins:
            wanted = [{"name": name, "hashes": [checksum]} for name, checksum in self.plugins]
            self.send(guest.guid, "GAME_PREINIT", now, plugins=wanted)
            self.network.throw_out(guest.guid, now)
            return
        guest.checked = True
        self.send(guest.guid, "GAME_PREINIT", now, plugins=[])
        self.send(guest.guid, "SYSTEM_HANDSHAKE", now)

    def _handshake(self, guest: Guest, packet: Packet, now: float) -> None:
        guest.name = packet["name"]
        if any(other.name == guest.name for other in self.guests.values() if other is not guest):
            self.network.throw_out(guest.guid, now, silently=True)
            del self.guests[guest.guid]

    def _loaded(self, guest: Guest, packet: Packet, now: float) -> None:
        del packet
        if "PLAYER_BASEINFO" not in guest.last:
            self.network.throw_out(guest.guid, now)
            return
        self.send(guest.guid, "GAME_SETTINGS", now, **SETTINGS)
        self.send(guest.guid, "WORLD_TIME", now, **TIME)
        self.ask_password(guest, now)
        for request in REQUESTS:
            self.send(guest.guid, request, now)
        for other in [other for other in self.guests.values() if other.in_world]:
            self._introduce(other, guest, now)

    def _dialog(self, guest: Guest, packet: Packet, now: float) -> None:
        if packet["id"] == 2:
            self.accounts[guest.name] = packet["data"]
            first = FIRST_PLACE
            self.place(guest, first, first.middle(), now)
            self.send(guest.guid, "PLAYER_CHARGEN", now, state=(1, 4, 0))
        elif packet["id"] == 1 and self.accounts.get(guest.name) != packet["data"]:
            self.send(guest.guid, "CHAT_MESSAGE", now, text="Incorrect password!\n")
            self.ask_password(guest, now)
        elif packet["id"] == 1:
            self._enter(guest, now)

    def _generated(self, guest: Guest, packet: Packet, now: float) -> None:
        if packet["state"][0] == packet["state"][1]:
            self._enter(guest, now)

    def _enter(self, guest: Guest, now: float) -> None:
        self.send(guest.guid, "PLAYER_STATS_DYNAMIC", now, **GAUGES)
        self.send(guest.guid, "PLAYER_LEVEL", now, level=1, progress=0)
        gold: dict[str, Any] = {"ref_id": "gold_001", "count": 50, "charge": -1, "enchantment_charge": -1.0, "soul": ""}
        self.send(guest.guid, "PLAYER_INVENTORY", now, action=0, items=[gold])
        guest.in_world = True
        cell = Cell("", SPAWN.x + CELLS_APART * (guest.pid // 2), SPAWN.y) if self.spread else SPAWN
        self.place(guest, cell, cell.middle() if self.spread else SPAWN_PLACE, now)
        for other in [other for other in self.guests.values() if other.in_world and other is not guest]:
            self._introduce(guest, other, now)
            self._introduce(other, guest, now)  # it may have come in while this one logged in

    def _introduce(self, guest: Guest, to: Guest, now: float) -> None:
        for name in ("PLAYER_BASEINFO", "PLAYER_STATS_DYNAMIC", "PLAYER_CELL_CHANGE", "PLAYER_POSITION"):
            packet = guest.last.get(name)
            if packet is not None and packet.fields is not None:
                self.send(to.guid, name, now, about=guest.guid, **packet.fields)

    def _chat(self, guest: Guest, packet: Packet, now: float) -> None:
        line = f"#FFFFFF{guest.name} ({guest.pid}): {packet['text']}\n"
        self.broadcast(Packet("CHAT_MESSAGE", guest.guid, {"text": line}), now)

    def _cells(self, guest: Guest, packet: Packet, now: float) -> None:
        for state in packet["cells"]:
            cell = cell_in(state)
            if state["type"] == 1:
                guest.loaded.discard(cell)
                self._hand_over(cell, guest, now)
                continue
            guest.loaded.add(cell)
            self._show(cell, guest, now)
            if cell not in self.holders:
                self._make_holder(cell, guest.guid, now)

    def _show(self, cell: Cell, guest: Guest, now: float) -> None:
        head: dict[str, Any] = {"origin": 5, **cell.fields(), "objects": []}
        self.send(guest.guid, "CONTAINER", now, **head, action=3, sub_action=0)
        self.send(guest.guid, "ACTOR_LIST", now, **cell.fields(), action=3, actors=[])
        for packet in self.objects:
            if cell_in(packet.fields or {}) == cell:
                self.send(guest.guid, packet.name, now, **packet.fields or {})

    def _hand_over(self, cell: Cell, guest: Guest, now: float) -> None:
        if self.holders.get(cell) != guest.guid:
            return
        del self.holders[cell]
        visitor = next((other for other in self.guests.values() if cell in other.loaded and other is not guest), None)
        if visitor is not None:
            self._make_holder(cell, visitor.guid, now)

    def _make_holder(self, cell: Cell, guid: int, now: float) -> None:
        self.holders[cell] = guid
        self.broadcast(Packet("ACTOR_AUTHORITY", guid, cell.fields()), now)

    def _placed(self, guest: Guest, packet: Packet, now: float) -> None:
        placed = [{**thing, "mp_num": self._new_number()} for thing in packet["objects"]]
        fields = {**(packet.fields or {}), "origin": 5, "objects": placed}
        self.objects.append(Packet("OBJECT_PLACE", SERVER_GUID, fields))
        self.broadcast(Packet("OBJECT_PLACE", guest.guid, fields), now)

    def _contents(self, packet: Packet) -> Packet:
        """Keep what is in containers, and limit what is taken to it, as the server's scripts do."""
        objects = [self._contents_of(thing, packet) for thing in packet["objects"]]
        return Packet(packet.name, packet.guid, {**(packet.fields or {}), "origin": 5, "objects": objects})

    def _contents_of(self, thing: dict[str, Any], packet: Packet) -> dict[str, Any]:
        key = (thing["ref_num"], thing["mp_num"])
        if key not in self.contents:
            listed = [each for known in self.objects if known.name == "CONTAINER" for each in known["objects"]]
            stacks = [each["items"] for each in listed if (each["ref_num"], each["mp_num"]) == key]
            self.contents[key] = {item["ref_id"]: item["count"] for items in stacks for item in items}
        counts, items = self.contents[key], []
        for item in thing["items"]:
            there = counts.get(item["ref_id"], 0)
            taken = min(item["action_count"], there) if packet["action"] == REMOVE else 0
            counts[item["ref_id"]] = there - taken + (item["count"] if packet["action"] == ADD else 0)
            items.append({**item, "action_count": taken})
        return {**thing, "items": items}

    def _new_number(self) -> int:
        self._next_mp_num += 1
        return self._next_mp_num

    def _died(self, guest: Guest, packet: Packet, now: float) -> None:
        del packet
        if self.revives:
            self.send(guest.guid, "PLAYER_RESURRECT", now, type=0)

    def _forget(self, guid: int, now: float) -> None:
        guest = self.guests.pop(guid, None)
        if guest is None:
            return
        for cell in list(guest.loaded):
            self._hand_over(cell, guest, now)
        self.broadcast(Packet("USER_DISCONNECTED", guid), now)


_ACTS: dict[str, Callable[[StandInGame, Guest, Packet, float], None]] = {
    "GAME_PREINIT": StandInGame._preinit,
    "SYSTEM_HANDSHAKE": StandInGame._handshake,
    "LOADED": StandInGame._loaded,
    "GUI_MESSAGEBOX": StandInGame._dialog,
    "PLAYER_CHARGEN": StandInGame._generated,
    "CHAT_MESSAGE": StandInGame._chat,
    "PLAYER_CELL_STATE": StandInGame._cells,
    "OBJECT_PLACE": StandInGame._placed,
    "PLAYER_DEATH": StandInGame._died,
}
