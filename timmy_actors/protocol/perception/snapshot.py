"""A player's perception as a whole: its sections, and what is known of when and whence they came."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field

from timmy_actors.protocol._base import Count, Model
from timmy_actors.protocol.perception.belongings import Equipment, Inventory
from timmy_actors.protocol.perception.character import Condition, Position, Stats
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
    "available_actions",
]


class Sections(Model):
    """The sections of a perception; one that was not asked for is None."""

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
    available_actions: AvailableActions | None = None


class PerceptionOutput(Sections):
    """A player's structured, validated snapshot: what is known of it, how old that is, and whether it still holds."""

    player: str
    pid: Count
    boot: str
    """The game server process that said so; another boot is another world's history."""
    epoch: Count
    """The connection incarnation that brought it."""
    revision: Count = 0
    """Up to which command this shows what was done: see `Revision`."""
    revisions: dict[str, Count]
    """How often each section had changed when it was read."""
    timestamp: Annotated[datetime, Field(default_factory=lambda: datetime.now(UTC))]
    """When the daemon received it, UTC."""
    stale: bool = False
    """True when the link that brought it is down, or the player has left."""
    stale_reason: str | None = None
