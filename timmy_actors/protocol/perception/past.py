"""What the player has done, learned and made of itself among people."""

from __future__ import annotations

from typing import Literal

from timmy_actors.protocol._base import Count, Integer, Model


class Membership(Model):
    """Standing with a faction. A rank counts from 0; None is no member."""

    rank: Integer | None = None
    reputation: Integer = 0
    expelled: bool = False


class Factions(Model):
    """Every faction that the player has dealt with, by its id. Servers share what their configuration says."""

    factions: dict[str, Membership]
    truncated: bool = False


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
    """Each quest's stage: the last index that its journal reached. The texts live in the clients' data files only."""

    stages: dict[str, Integer]
    truncated: bool = False


class Topics(Model):
    """What the player can ask people about."""

    topics: tuple[str, ...]
    truncated: bool = False


class Books(Model):
    """The skill books that the player has learned from."""

    books: tuple[str, ...]
    truncated: bool = False


class Kills(Model):
    """How many of each record the players of the server have killed."""

    counts: dict[str, Count]
    truncated: bool = False
