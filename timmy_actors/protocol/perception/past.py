"""The player's factions, journal, quests, topics, books and kills."""

from __future__ import annotations

from typing import Literal

from timmy_actors.protocol._base import Count, Integer, Model


class Membership(Model):
    """The player's standing in a faction. Ranks count from 0; None: not a member."""

    rank: Integer | None = None
    reputation: Integer = 0
    expelled: bool = False


class Factions(Model):
    """Every faction that the player has dealt with, by id. The server's configuration says which values are shared."""

    factions: dict[str, Membership]
    truncated: bool = False
    names: dict[str, str] | None = None
    """Their names by id, from the game's data files, as far as they are known."""


class JournalEntry(Model):
    """One line of the quest journal: with an entry's text, or only a new index."""

    quest: str
    index: Integer
    kind: Literal["entry", "index"]
    actor_ref_id: str = ""
    days_passed: Integer = 0
    month: Integer = 0
    day: Integer = 0
    quest_name: str | None = None
    """From the game's data files, as far as they are known."""
    text: str | None = None
    """What the journal says at this index, from the game's data files."""


class Journal(Model):
    """The latest lines of the quest journal, oldest first."""

    entries: tuple[JournalEntry, ...]
    truncated: bool = False


class Quests(Model):
    """The stage of each quest: the last index in the journal. The texts are in the game's data files."""

    stages: dict[str, Integer]
    truncated: bool = False
    names: dict[str, str] | None = None
    """Their names by id, from the game's data files, as far as they are known."""
    texts: dict[str, str] | None = None
    """What the journal says at each stage, by quest, from the game's data files."""


class Topics(Model):
    """The topics that the player can ask about."""

    topics: tuple[str, ...]
    truncated: bool = False


class Books(Model):
    """The skill books that the player has learned from."""

    books: tuple[str, ...]
    truncated: bool = False
    names: dict[str, str] | None = None
    """Their names by id, from the game's data files, as far as they are known."""


class Kills(Model):
    """How many of each record the players of the server have killed."""

    counts: dict[str, Count]
    truncated: bool = False
