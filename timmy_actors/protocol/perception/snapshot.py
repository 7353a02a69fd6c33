"""A player's whole perception: its sections, and their age and origin."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field

from timmy_actors.protocol._base import Count, Model
from timmy_actors.protocol.perception.belongings import Equipment, Inventory
from timmy_actors.protocol.perception.character import Condition, Position, Stats
from timmy_actors.protocol.perception.dialog import Dialog
from timmy_actors.protocol.perception.magic import Spells
from timmy_actors.protocol.perception.nearby import NearbyActors, NearbyObjects, NearbyPlayers
from timmy_actors.protocol.perception.past import Books, Factions, Journal, Kills, Quests, Topics
from timmy_actors.protocol.perception.possibilities import AvailableActions
from timmy_actors.protocol.perception.world import Chat, World

SectionName = Literal[
    "position",
    "stats",
    "condition",
    "inventory",
    "equipment",
    "spells",
    "factions",
    "journal",
    "quests",
    "topics",
    "books",
    "kills",
    "nearby_actors",
    "nearby_players",
    "nearby_objects",
    "world",
    "chat",
    "dialog",
    "available_actions",
]


class Sections(Model):
    """The sections of a perception; those that were not requested are None."""

    position: Position | None = None
    stats: Stats | None = None
    condition: Condition | None = None
    inventory: Inventory | None = None
    equipment: Equipment | None = None
    spells: Spells | None = None
    factions: Factions | None = None
    journal: Journal | None = None
    quests: Quests | None = None
    topics: Topics | None = None
    books: Books | None = None
    kills: Kills | None = None
    nearby_actors: NearbyActors | None = None
    nearby_players: NearbyPlayers | None = None
    nearby_objects: NearbyObjects | None = None
    world: World | None = None
    chat: Chat | None = None
    dialog: Dialog | None = None
    available_actions: AvailableActions | None = None


class Cadence(Model):
    """How often the bridge reads an entity's place and health: before it can have moved `1 / parts` of its distance."""

    shortest_s: Annotated[float, Field(gt=0)]
    """The shortest time between two readings."""
    longest_s: Annotated[float, Field(gt=0)]
    """The longest one."""
    least_speed: Annotated[float, Field(gt=0)]
    """An entity is taken to go on at its last speed, and not below this one, in game units a second."""
    parts: Annotated[float, Field(gt=0)]


CADENCE = Cadence(shortest_s=0.05, longest_s=1, least_speed=100, parts=16)
"""What the bridge does: generated into its declarations."""


class PerceptionOutput(Sections):
    """A player's structured, validated snapshot, with its age and whether it is stale."""

    player: str
    pid: Count
    boot: str
    """The id of the game server process that sent it; revisions of different boots cannot be compared."""
    epoch: Count
    """The connection incarnation that received it."""
    revision: Count = 0
    """The last command whose effects this shows: see `Revision`."""
    game_ms: Count | None = None
    """The game time at which it was read, in ms; it stands still while an embedded world is frozen. None: the bridge
    does not report it."""
    revisions: dict[str, Count]
    """The number of changes of each section when it was read."""
    timestamp: Annotated[datetime, Field(default_factory=lambda: datetime.now(UTC))]
    """When the daemon received it, UTC."""
    cadence: Cadence | None = None
    """How often what is nearby was read; None: at each push."""
    sources: dict[str, Literal["bridge", "client"]] = Field(default_factory=dict)
    """Where each section comes from, if a player's client perceives too; empty: all from the server's bridge."""
    stale: bool = False
    """True if the link is down since, or the player has left."""
    stale_reason: str | None = None
