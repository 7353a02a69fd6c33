"""Events of a player's knowledge and factions: journal, topics, books, factions."""

from __future__ import annotations

from typing import Literal

from timmy_actors.protocol._base import Integer, Model
from timmy_actors.protocol.events._data import EventData


class JournalLine(Model):
    """A quest and its new stage: with an entry's text, or only the index."""

    quest: str
    index: Integer
    kind: Literal["entry", "index"]
    quest_name: str | None = None
    """From the game's data files, as far as they are known."""
    text: str | None = None
    """What the journal says at this index, from the game's data files."""


class Journal(EventData):
    """The quest journal has new lines."""

    event = "journal"
    entries: tuple[JournalLine, ...]


class Topics(EventData):
    """The player can ask about new topics."""

    event = "topics"
    topics: tuple[str, ...]


class Books(EventData):
    """The player has learned from skill books."""

    event = "books"
    books: tuple[str, ...]


class FactionChange(Model):
    """The change in a faction: one of the three."""

    rank: Integer | None = None
    expelled: bool | None = None
    reputation: Integer | None = None


class Factions(EventData):
    """The player's standing in factions has changed."""

    event = "factions"
    factions: dict[str, FactionChange]


EVENTS = (Journal, Topics, Books, Factions)
