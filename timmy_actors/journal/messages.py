"""Messages between the command actor and the journal actor."""

from __future__ import annotations

from dataclasses import dataclass

from timmy_actors.protocol import JournalEntry


@dataclass(frozen=True)
class Accept:
    """To the journal: store a command, unless one with its id is stored. Answered with `Journaled`."""

    entry: JournalEntry


@dataclass(frozen=True)
class Record:
    """To the journal: update a command. Answered with `Journaled` if the entry is settled."""

    entry: JournalEntry


@dataclass(frozen=True)
class Look:
    """To the journal: look up a command. Answered with `Known`."""

    command_id: str


@dataclass(frozen=True)
class Resume:
    """To the journal: list the unsettled commands. Answered with `Resumed`."""


@dataclass(frozen=True)
class Journaled:
    """Durable now: accepted commands, each with the earlier entry of its id if any, and settled commands."""

    accepted: tuple[tuple[str, JournalEntry | None], ...]
    settled: tuple[str, ...]


@dataclass(frozen=True)
class NotJournaled:
    """The commands that could not be written or looked up, and why."""

    command_ids: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Known:
    """A command's entry, or None if there is no such command."""

    command_id: str
    entry: JournalEntry | None


@dataclass(frozen=True)
class Resumed:
    """The unsettled commands."""

    entries: tuple[JournalEntry, ...]


@dataclass(frozen=True)
class JournalUp:
    """The journal can be written (again): unanswered messages must be sent again."""
