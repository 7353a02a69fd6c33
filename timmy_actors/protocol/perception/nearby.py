"""Actors, players and objects near the player."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from timmy_actors.protocol._base import Count, Integer, Model
from timmy_actors.protocol.perception.character import Gauge


class ArtificialIntelligence(Model):
    """The AI package that a script last gave to an actor; packages from the game's data are known only to clients."""

    package: Literal["cancel", "activate", "combat", "escort", "follow", "travel", "wander"]
    target: str | None = None
    """A player's name, or the unique index of an actor or object."""
    x: float | None = None
    y: float | None = None
    z: float | None = None
    distance: float | None = None
    duration: float | None = None
    """Game hours."""
    repeats: bool = False


class Actor(Model):
    """An NPC or creature. `unique_index` names it in commands."""

    unique_index: str
    ref_id: str
    name: str | None = None
    """The server knows only names of records created at run time; the others are from the game's data files."""
    cell: str
    x: float
    y: float
    z: float
    health: Gauge | None = None
    dead: bool = False
    ai: ArtificialIntelligence | None = None
    equipment: Annotated[dict[str, str], Field(default_factory=dict)]
    """The items that it wears and holds: slot name to record."""


class NearbyActor(Actor):
    """An NPC or creature near the player: as seen from it."""

    distance: float
    bearing: float


class NearbyActors(Model):
    """Actors within the subscribed radius, nearest first."""

    actors: tuple[NearbyActor, ...]
    truncated: bool = False
    left_out: Count = 0
    """How many more there are beyond the requested number."""


class OtherPlayer(Model):
    """Another player."""

    name: str
    pid: Count
    cell: str
    x: float
    y: float
    z: float
    level: Integer = 1
    race: str = ""
    character_class: Annotated[str, Field(alias="class")] = ""
    health: Gauge | None = None
    dead: bool = False
    drawn: Literal["nothing", "weapon", "spell"] = "nothing"
    sneaking: bool = False
    werewolf: bool = False


class NearbyPlayer(OtherPlayer):
    """Another player near this one: as seen from it."""

    distance: float
    bearing: float


class NearbyPlayers(Model):
    """Players within the subscribed radius, nearest first."""

    players: tuple[NearbyPlayer, ...]
    truncated: bool = False
    left_out: Count = 0


class PlacedObject(Model):
    """An object that the server knows in the cells around the player.

    The server does not know unchanged objects of the data files. It knows the position only of objects that a script or
    a player placed: the others come last, without one.
    """

    unique_index: str
    ref_id: str
    kind: Literal["container", "door", "item", "activator", "other"]
    name: str | None = None
    cell: str
    x: float | None = None
    y: float | None = None
    z: float | None = None
    door: Literal["open", "closed"] | None = None
    lock_level: Integer | None = None
    """0: unlocked; None: unknown."""
    trap_sprung: bool = False
    enabled: bool = True
    scale: float = 1
    contents: Count | None = None
    """The number of stacks in a container; None: unknown."""
    count: Count = 1
    charge: float = -1
    enchantment_charge: float = -1
    soul: str = ""
    leads_to: str | None = None
    """The cell that a door leads to, from the game's data files."""
    owner: str | None = None
    """The name of the person or faction that it belongs to, from the game's data files."""


class NearbyObject(PlacedObject):
    """An object near the player: as seen from it. None: it is unknown where in the cell."""

    distance: float | None = None
    bearing: float | None = None


class NearbyObjects(Model):
    """Objects within the subscribed radius, nearest first, then those whose position is unknown."""

    objects: tuple[NearbyObject, ...]
    truncated: bool = False
    left_out: Count = 0
