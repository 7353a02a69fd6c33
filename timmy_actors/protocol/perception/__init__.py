"""An agent's perception of its player, divided into sections, one subject per module.

Lengths are in game units (an exterior cell's side is 8192), angles in degrees clockwise from north.
"""

from __future__ import annotations

from timmy_actors.protocol.perception.belongings import Equipment, Inventory, Item
from timmy_actors.protocol.perception.character import Attribute, Condition, Gauge, Mark, Position, Skill, Stats
from timmy_actors.protocol.perception.dialog import Dialog, DialogBox, Note
from timmy_actors.protocol.perception.magic import ActiveSpell, SpellEffect, Spells
from timmy_actors.protocol.perception.nearby import (
    Actor,
    ArtificialIntelligence,
    NearbyActor,
    NearbyActors,
    NearbyObject,
    NearbyObjects,
    NearbyPlayer,
    NearbyPlayers,
    OtherPlayer,
    PlacedObject,
)
from timmy_actors.protocol.perception.past import (
    Books,
    Factions,
    Journal,
    JournalEntry,
    Kills,
    Membership,
    Quests,
    Topics,
)
from timmy_actors.protocol.perception.possibilities import AvailableActions, Unavailable
from timmy_actors.protocol.perception.snapshot import CADENCE, Cadence, PerceptionOutput, SectionName, Sections
from timmy_actors.protocol.perception.world import Chat, ChatLine, Weather, World

__all__ = [
    "CADENCE",
    "ActiveSpell",
    "Actor",
    "ArtificialIntelligence",
    "Attribute",
    "AvailableActions",
    "Books",
    "Cadence",
    "Chat",
    "ChatLine",
    "Condition",
    "Dialog",
    "DialogBox",
    "Equipment",
    "Factions",
    "Gauge",
    "Inventory",
    "Item",
    "Journal",
    "JournalEntry",
    "Kills",
    "Mark",
    "Membership",
    "NearbyActor",
    "NearbyActors",
    "NearbyObject",
    "NearbyObjects",
    "NearbyPlayer",
    "NearbyPlayers",
    "Note",
    "OtherPlayer",
    "PerceptionOutput",
    "PlacedObject",
    "Position",
    "Quests",
    "SectionName",
    "Sections",
    "Skill",
    "SpellEffect",
    "Spells",
    "Stats",
    "Topics",
    "Unavailable",
    "Weather",
    "World",
]
