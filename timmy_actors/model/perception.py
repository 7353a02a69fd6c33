"""What an agent perceives of its player, section by section.

Lengths are game units (8192 to an exterior cell's side), angles degrees clockwise from north.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field

from timmy_actors.model._base import Count, Integer, Model

SectionName = Literal[
    "position",
    "stats",
    "inventory",
    "equipment",
    "journal",
    "quests",
    "nearby_actors",
    "nearby_players",
    "world",
]


class Position(Model):
    """Where the player stands (`tes3mp.GetCell`, `GetPos*`, `GetRot*`)."""

    cell: str
    """TES3MP's cell description: `"-3, -2"` for an exterior, the exact name of an interior."""
    exterior: bool
    region: str
    place: str | None = None
    """The town or landmark of the gazetteer that this cell belongs to."""
    x: float
    y: float
    z: float
    pitch: float
    yaw: float


class Gauge(Model):
    """A dynamic stat: what is left, and what full is."""

    current: float
    base: float


class Attribute(Model):
    """An attribute's base value and the damage it has taken."""

    base: float
    damage: float = 0


class Skill(Model):
    """A skill's base value, damage, and progress to the next point (0 to 1)."""

    base: float
    damage: float = 0
    progress: float = 0


class Stats(Model):
    """Who the player is and how it fares."""

    level: Integer
    health: Gauge
    magicka: Gauge
    fatigue: Gauge
    attributes: dict[str, Attribute]
    skills: dict[str, Skill]
    race: str
    gender: Literal["male", "female"]
    character_class: Annotated[str, Field(alias="class")]
    birthsign: str


class Item(Model):
    """A stack of one kind of thing. A charge of -1 means untouched (full)."""

    ref_id: str
    count: Count
    charge: float = -1
    enchantment_charge: float = -1
    soul: str = ""


class Inventory(Model):
    """What the player carries."""

    items: tuple[Item, ...]
    truncated: bool = False


class Equipment(Model):
    """What the player wears and holds, by slot name (`helmet`, `carried_right`, ...)."""

    slots: dict[str, Item]


class JournalEntry(Model):
    """One line of the journal: a quest's entry text was shown, or only its index was set."""

    quest: str
    index: Integer
    kind: Literal["entry", "index"]
    actor_ref_id: str = ""
    days_passed: Integer = 0
    month: Integer = 0
    day: Integer = 0


class Journal(Model):
    """The latest journal lines, oldest first."""

    entries: tuple[JournalEntry, ...]
    truncated: bool = False


class Quests(Model):
    """Each quest's stage: the last index that its journal reached."""

    stages: dict[str, Integer]
    truncated: bool = False


class NearbyActor(Model):
    """An NPC or creature near the player. `unique_index` names it in commands."""

    unique_index: str
    ref_id: str
    cell: str
    x: float
    y: float
    z: float
    distance: float
    bearing: float
    health: Gauge | None = None
    dead: bool = False


class NearbyActors(Model):
    """Actors within the subscribed radius, nearest first."""

    actors: tuple[NearbyActor, ...]
    truncated: bool = False


class NearbyPlayer(Model):
    """Another player near this one."""

    name: str
    pid: Count
    cell: str
    x: float
    y: float
    z: float
    distance: float
    bearing: float


class NearbyPlayers(Model):
    """Players within the subscribed radius, nearest first."""

    players: tuple[NearbyPlayer, ...]
    truncated: bool = False


class Weather(Model):
    """A region's weather as the clients last reported it."""

    region: str
    current: str
    next: str | None = None
    transition: float = 0


class World(Model):
    """Date, hour (0 to 24) and weather."""

    year: Integer
    month: Annotated[int, Field(ge=1, le=12)]
    day: Integer
    hour: float
    days_passed: Integer
    weather: Weather | None = None


class Sections(Model):
    """The sections of a perception; one that was not asked for is None."""

    position: Position | None = None
    stats: Stats | None = None
    inventory: Inventory | None = None
    equipment: Equipment | None = None
    journal: Journal | None = None
    quests: Quests | None = None
    nearby_actors: NearbyActors | None = None
    nearby_players: NearbyPlayers | None = None
    world: World | None = None


class PerceptionOutput(Sections):
    """A player's structured, validated snapshot: what is known of it, how old that is, and whether it still holds."""

    player: str
    pid: Count
    boot: str
    """The game server process that said so; another boot is another world's history."""
    epoch: Count
    """The connection incarnation that brought it."""
    revisions: dict[str, Count]
    """How often each section had changed when it was read."""
    timestamp: Annotated[datetime, Field(default_factory=lambda: datetime.now(UTC))]
    """When the daemon received it, UTC."""
    stale: bool = False
    """True when the link that brought it is down, or the player has left."""
    stale_reason: str | None = None
