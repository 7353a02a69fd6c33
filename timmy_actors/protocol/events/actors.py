"""Actors that come into sight, dress, are enchanted, die and walk from cell to cell.

The `player` of these is the one whose client simulates the cell, and tells of it; they concern everybody whose client
has the cell loaded.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from timmy_actors.protocol._base import Count, Model
from timmy_actors.protocol.events._data import EventData


class Actor(Model):
    """An actor by the name that commands take; its record, or nothing where the server was never told it."""

    unique_index: str
    ref_id: str = ""


A = TypeVar("A", bound=Actor)


class _ActorEvent(EventData, Generic[A]):
    cell: str
    actors: tuple[A, ...]
    left_out: Count = 0
    """How many more there were."""


class ActorList(_ActorEvent[Actor]):
    """The actors of a cell that nobody had visited before."""

    event = "actor_list"


class DressedActor(Actor):
    """What an actor wears now: slot to record."""

    equipment: dict[str, str]


class ActorEquipment(_ActorEvent[DressedActor]):
    """Actors wear something else."""

    event = "actor_equipment"


class EnchantedActor(Actor):
    """The spells that began or ceased to be at work."""

    spells: tuple[str, ...]


class ActorSpellsActive(_ActorEvent[EnchantedActor]):
    """Spells at work on actors have changed."""

    event = "actor_spells_active"


class KilledActor(Actor):
    """A player's name, another actor's, or None."""

    killer: str | None


class ActorDeath(_ActorEvent[KilledActor]):
    """Actors died."""

    event = "actor_death"


class ActorAI(_ActorEvent[Actor]):
    """Actors were given something else to do by the client that simulates them."""

    event = "actor_ai"


class MovedActor(Actor):
    """The cell that an actor went to."""

    to: str


class ActorCellChange(_ActorEvent[MovedActor]):
    """Actors went over a border."""

    event = "actor_cell_change"


EVENTS = (ActorList, ActorEquipment, ActorSpellsActive, ActorDeath, ActorAI, ActorCellChange)
