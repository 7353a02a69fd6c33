"""A login, and the player's life after it: packets in, packets and events out. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

from timmy_actors.player_client.account import Login
from timmy_actors.player_client.cells import Cell, cell_in
from timmy_actors.player_client.endings import ENDINGS, EndCode, Ending
from timmy_actors.player_client.new_character import generation, introduction
from timmy_actors.player_client.packets.packet import BY_NAME, Packet
from timmy_actors.player_client.view import HANDLERS, HEALTH, Player, View

LOGIN_WITHIN_S = 45.0
"""How long a login may take; the server's scripts give 60 s to answer the password's dialog."""
LOGIN_DIALOG, REGISTRATION_DIALOG = 1, 2
"""The ids of the server's own dialogs; those of scripts may have any other."""
PASSWORD_DIALOG = 3
"""The type of a dialog that asks for a password."""
ANY_PLUGINS = (("Morrowind.esm", 0),)
"""The data files that are named to a server where the operator gave no list: it takes an empty list for a mistake."""
STILL = (0.0,) * 6
MAX_DIALOGS = 16
WITHOUT_FIELDS = frozenset(("SYSTEM_HANDSHAKE", "USER_DISCONNECTED"))
"""Packets that say something without fields; any other one then asks for a packet of this kind, which is optional."""


class Phase(Enum):
    """How far a login has come."""

    CHECKING_FILES = "checking_files"
    GREETING = "greeting"
    LOGGING_IN = "logging_in"
    ENTERING = "entering"
    """The account's password was sent: the server loads the player, or has a new character made."""
    IN_WORLD = "in_world"
    ENDED = "ended"


@dataclass(frozen=True)
class EnteredWorld:
    """The player is in the world, at the place that the server chose."""

    registered: bool
    """Whether the account was made just now."""


@dataclass(frozen=True)
class Received:
    """A packet was taken into account."""

    packet: Packet


SessionEvent = EnteredWorld | Received | Ending


class PlayerSession:
    """One login of one player.

    `packets` has what is to be sent, in order; `view` what was received. Times are monotonic, in seconds.

    Args:
        login: who logs in.
        guid: the connection's guid.
        all_cells: load the cells around the player, too, as a game does; else only its own, so that the client is not
            made responsible for more actors than it must.
    """

    def __init__(self, login: Login, guid: int, now: float, *, all_cells: bool = False) -> None:
        self.phase = Phase.CHECKING_FILES
        self.view = View(Player(guid))
        self.packets: list[Packet] = []
        self.dialogs: list[Mapping[str, Any]] = []
        """Dialogs of the server that wait for an answer, the oldest first; none that asks for a password."""
        self.loaded: frozenset[Cell] = frozenset()
        """The cells that the server sends news of."""
        self.settings: Mapping[str, Any] = {}
        """The server's settings of the game."""
        self.struck_at = -math.inf
        """When the player was last struck."""
        self.blocked = 0
        """How many blows the player has blocked."""
        self._login = login
        self._guid = guid
        self._all_cells = all_cells
        self._login_by = now + LOGIN_WITHIN_S
        self._now = now
        self._registering = self._registered = False
        plugins = [{"name": name, "hashes": [checksum]} for name, checksum in login.plugins or ANY_PLUGINS]
        self.send("GAME_PREINIT", plugins=plugins)

    def receive(self, packet: Packet) -> list[SessionEvent]:
        """Take a packet of the server."""
        self.view.apply(packet)
        has_words = packet.fields is not None or packet.name in WITHOUT_FIELDS
        act = self.ACTIONS.get(packet.name) if has_words else None
        events = act(self, packet) if act else []
        return [*events, Received(packet)]

    def advance(self, now: float) -> list[SessionEvent]:
        """Give a login up that takes too long."""
        self._now = now
        if self.phase in (Phase.IN_WORLD, Phase.ENDED) or now < self._login_by:
            return []
        return self.end("login_timeout")

    def next_time(self) -> float:
        """When `advance` has something to do."""
        return math.inf if self.phase in (Phase.IN_WORLD, Phase.ENDED) else self._login_by

    def end(self, code: EndCode) -> list[SessionEvent]:
        """The end of this session, once."""
        if self.phase is Phase.ENDED:
            return []
        if self.phase in (Phase.CHECKING_FILES, Phase.GREETING) and code in ("lost", "login_timeout"):
            # A player that is thrown out while it connects is forgotten without a word.
            code = "kicked_while_connecting"
        self.phase = Phase.ENDED
        return [ENDINGS[code]]

    def send(self, name: str, /, **fields: Any) -> None:
        """Queue a packet of this player.

        Raises:
            ValueError: this client does not write that packet.
        """
        if "w" not in BY_NAME[name].use:
            raise ValueError(f"{name} is no packet that this client writes")
        self.packets.append(Packet(name, self._guid, fields))
        self.view.revision += 1  # what this player does changes what it perceives

    def move_to(self, placement: tuple[float, ...], cell: Cell, direction: tuple[float, ...] = STILL) -> None:
        """Stand somewhere else: first the position, then what is loaded, then the cell, as a server's scripts need."""
        me = self.view.me
        previous = me.placement or placement
        me.placement = (placement[0], placement[1], placement[2], placement[3], placement[4], placement[5])
        self.send("PLAYER_POSITION", position=placement, direction=direction)
        if me.cell == cell and self.loaded:
            return
        me.cell = cell
        self._load(cell)
        self.send("PLAYER_CELL_CHANGE", **cell.fields(), previous=previous[:3], changing_region=False)

    def answer(self, dialog: Mapping[str, Any], data: str) -> None:
        """Answer a dialog with the number of a button or an entry, or with a text."""
        self.send("GUI_MESSAGEBOX", **{**dialog, "data": data})
        self.dialogs = [waiting for waiting in self.dialogs if waiting is not dialog]

    def _load(self, cell: Cell) -> None:
        wanted = cell.neighbours() if self._all_cells else frozenset((cell,))
        states = [{"type": 1, **old.fields()} for old in sorted(self.loaded - wanted)]
        states += [{"type": 0, **new.fields()} for new in sorted(wanted - self.loaded)]
        self.view.authority &= wanted
        self.loaded = wanted
        if states:
            self.send("PLAYER_CELL_STATE", cells=states)

    def _on_preinit(self, packet: Packet) -> list[SessionEvent]:
        if packet["plugins"]:
            return self.end("wrong_plugin_list" if self._login.plugins else "needs_plugin_list")
        self.phase = Phase.GREETING
        return []

    def _on_handshake(self, packet: Packet) -> list[SessionEvent]:
        if packet.fields is None and self.phase is not Phase.IN_WORLD:
            # In this order, and so in one datagram: a player whose looks come after LOADED has no name.
            self.send("SYSTEM_HANDSHAKE", name=self._login.name, password=self._login.server_password)
            self.packets += introduction(self._login, self._guid)
        return []

    def _on_settings(self, packet: Packet) -> list[SessionEvent]:
        self.settings = packet.fields or {}
        if self.phase in (Phase.CHECKING_FILES, Phase.GREETING):
            self.phase = Phase.LOGGING_IN
        return []

    def _on_dialog(self, packet: Packet) -> list[SessionEvent]:
        dialog = packet.fields or {}
        if dialog["type"] == 0:
            return []
        if dialog["type"] != PASSWORD_DIALOG:
            self.dialogs = [*self.dialogs[-MAX_DIALOGS + 1 :], dialog]
            return []
        if self.phase is Phase.IN_WORLD or dialog["id"] not in (LOGIN_DIALOG, REGISTRATION_DIALOG):
            return []
        if self.phase is Phase.ENTERING:
            return self.end("wrong_password")
        self._registering = dialog["id"] == REGISTRATION_DIALOG
        if self._registering and not self._login.register:
            return self.end("no_account")
        self.answer(dialog, self._login.password)
        self.phase = Phase.ENTERING
        return []

    def _on_generation(self, packet: Packet) -> list[SessionEvent]:
        stage, last, _ = packet["state"]
        if packet.guid == self._guid and stage < last:
            character = generation(self._login, self._guid, last)
            for described in character:
                self.view.apply(described)  # a server does not repeat it
            self.packets += character
            self._registering, self._registered = False, True
        return []

    def _on_cell(self, packet: Packet) -> list[SessionEvent]:
        if packet.guid != self._guid or packet.fields is None:
            return []
        cell = cell_in(packet.fields)
        placement = cell.middle()
        self.view.me.placement = placement
        self.send("PLAYER_POSITION", position=placement, direction=STILL)
        self._load(cell)
        self.send("PLAYER_CELL_CHANGE", **cell.fields(), previous=placement[:3], changing_region=False)
        if self.phase is not Phase.ENTERING or self._registering:
            return []
        self.phase = Phase.IN_WORLD
        return [EnteredWorld(self._registered)]

    def _on_position(self, packet: Packet) -> list[SessionEvent]:
        if packet.guid == self._guid and packet.fields is not None:
            x, y, z, pitch, _, yaw = packet["position"]  # a server's roll may be anything: no player rolls
            placement = (x, y, z, pitch, 0.0, yaw)
            self.view.me.placement = placement
            self.send("PLAYER_POSITION", position=placement, direction=STILL)
        return []

    def _on_activated(self, packet: Packet) -> list[SessionEvent]:
        """Go through a door: a server sends back what a player may activate, and only then it is activated."""
        for thing in packet["objects"]:
            activator = thing["activator"]
            door = self.view.objects.get((thing.get("ref_num", 0), thing.get("mp_num", 0)), {})
            if activator["is_player"] and activator["guid"] == self._guid and "leads_to" in door:
                self.move_to(door["destination"], door["leads_to"])
        return []

    def _on_stats(self, packet: Packet) -> list[SessionEvent]:
        me = self.view.me
        if packet.guid == self._guid and packet.fields is not None and me.health <= 0 and not me.dead:
            self.die()
        return []

    def _on_attack(self, packet: Packet) -> list[SessionEvent]:
        if packet.fields is not None:
            self._struck(packet.fields)
        return []

    def _on_actors_attack(self, packet: Packet) -> list[SessionEvent]:
        for actor in packet["actors"]:
            self._struck(actor)
        return []

    def _struck(self, attack: Mapping[str, Any]) -> None:
        """Take a blow: the attacker's client says that it hit, and the victim's own client takes the damage."""
        me, target = self.view.me, attack["target"]
        if not (attack["hit"] and target["is_player"] and target["guid"] == self._guid) or me.dead:
            return
        self.struck_at = self._now
        if attack["block"]:
            self.blocked += 1
            return
        me.restore(HEALTH, -max(0.0, attack["damage"]))
        if me.health <= 0:
            self.die()
        else:
            self.send("PLAYER_STATS_DYNAMIC", full=False, changes=[{"index": HEALTH, "value": tuple(me.stats[:5])}])

    def die(self) -> None:
        """Report the own death: a server leaves it to each player's client to notice it."""
        me = self.view.me
        me.stats[2] = 0.0
        self.send("PLAYER_STATS_DYNAMIC", full=True, stats=tuple(me.stats))
        killer = {"is_player": False, "ref_id": "", "ref_num": 0, "mp_num": 0, "name": self._login.name}
        self.send("PLAYER_DEATH", state=0, killer=killer)
        me.facts["PLAYER_DEATH"] = {"state": 0}

    def _on_resurrection(self, packet: Packet) -> list[SessionEvent]:
        if packet.guid == self._guid:
            self.send("PLAYER_RESURRECT", type=packet["type"])
            stats = self.view.me.stats
            for gauge in (0, 5, 10):
                stats[gauge + 2] = stats[gauge]
            self.send("PLAYER_STATS_DYNAMIC", full=True, stats=tuple(stats))
            self.view.me.facts.pop("PLAYER_DEATH", None)
        return []

    def _on_left(self, packet: Packet) -> list[SessionEvent]:
        return self.end("kicked") if packet.guid == self._guid else []

    ACTIONS: ClassVar[dict[str, Callable[[PlayerSession, Packet], list[SessionEvent]]]] = {
        "GAME_PREINIT": _on_preinit,
        "SYSTEM_HANDSHAKE": _on_handshake,
        "GAME_SETTINGS": _on_settings,
        "GUI_MESSAGEBOX": _on_dialog,
        "PLAYER_CHARGEN": _on_generation,
        "PLAYER_CELL_CHANGE": _on_cell,
        "PLAYER_POSITION": _on_position,
        "PLAYER_STATS_DYNAMIC": _on_stats,
        "PLAYER_ATTACK": _on_attack,
        "ACTOR_ATTACK": _on_actors_attack,
        "OBJECT_ACTIVATE": _on_activated,
        "PLAYER_RESURRECT": _on_resurrection,
        "USER_DISCONNECTED": _on_left,
    }


READ = frozenset(PlayerSession.ACTIONS) | frozenset(HANDLERS)
"""The packets that this client acts on."""
