"""What a player learns: journal, topics, books, and how factions think of it."""

from __future__ import annotations

from typing import Literal

from timmy_actors.protocol._base import Integer, Model
from timmy_actors.protocol.events._data import EventData


class JournalLine(Model):
    """A quest and the stage it has come to: with an entry's text, or only its index."""

    quest: str
    index: Integer
    kind: Literal["entry", "index"]


class Journal(EventData):
    """The journal has new lines."""

    event = "journal"
    entries: tuple[JournalLine, ...]


class Topics(EventData):
    """The player can ask about more."""

    event = "topics"
    topics: tuple[str, ...]


class Books(EventData):
    """The player has learned from skill books."""

    event = "books"
    books: tuple[str, ...]


class FactionChange(Model):
    """What changed: one of the three."""

    rank: Integer | None = None
    expelled: bool | None = None
    reputation: Integer | None = None


class Factions(EventData):
    """How factions think of the player has changed."""

    event = "factions"
    factions: dict[str, FactionChange]


EVENTS = (Journal, Topics, Books, Factions)
