"""Events of actors: appearance, equipment, active spells, death, AI, cell changes.

Their `player` is the one whose client simulates the cell and reports the event; they concern every player whose client
has loaded the cell.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from timmy_actors.protocol._base import Count, Model
from timmy_actors.protocol.events._data import EventData


class Actor(Model):
    """An actor by the unique index that commands take, and its record if the server knows it."""

    unique_index: str
    ref_id: str = ""
    name: str | None = None
    """From the game's data files, as far as they are known."""


A = TypeVar("A", bound=Actor)


class _ActorEvent(EventData, Generic[A]):
    cell: str
    actors: tuple[A, ...]
    left_out: Count = 0
    """How many further actors are not listed."""


class ActorList(_ActorEvent[Actor]):
    """The actors of a cell that no player had visited before."""

    event = "actor_list"


class DressedActor(Actor):
    """An actor's current equipment: slot to record."""

    equipment: dict[str, str]


class ActorEquipment(_ActorEvent[DressedActor]):
    """The equipment of actors has changed."""

    event = "actor_equipment"


class EnchantedActor(Actor):
    """An actor, and the spells that started or ended on it."""

    spells: tuple[str, ...]


class ActorSpellsActive(_ActorEvent[EnchantedActor]):
    """The active spells of actors have changed."""

    event = "actor_spells_active"


class KilledActor(Actor):
    """A dead actor; `killer` is a player's name, another actor's, or None."""

    killer: str | None


class ActorDeath(_ActorEvent[KilledActor]):
    """Actors have died."""

    event = "actor_death"


class ActorAI(_ActorEvent[Actor]):
    """The client that simulates actors has given them another AI package."""

    event = "actor_ai"


class MovedActor(Actor):
    """An actor, and the cell that it moved to."""

    to: str


class ActorCellChange(_ActorEvent[MovedActor]):
    """Actors have moved to another cell."""

    event = "actor_cell_change"


EVENTS = (ActorList, ActorEquipment, ActorSpellsActive, ActorDeath, ActorAI, ActorCellChange)
