"""What the command actor and the journal say to each other."""

from __future__ import annotations

from dataclasses import dataclass

from timmy_actors.protocol import JournalEntry


@dataclass(frozen=True)
class Accept:
    """Told to the journal: take this command in, unless one of its id was before. Answered with `Journaled`."""

    entry: JournalEntry


@dataclass(frozen=True)
class Record:
    """Told to the journal: this became of a command. Answered with `Journaled` once that is settled."""

    entry: JournalEntry


@dataclass(frozen=True)
class Look:
    """Told to the journal: what is known of a command? Answered with `Known`."""

    id: str


@dataclass(frozen=True)
class Resume:
    """Told to the journal: of which commands is it not known what became? Answered with `Resumed`."""


@dataclass(frozen=True)
class Journaled:
    """What is durable now: commands taken in, each with the one of its id that was before, and commands settled."""

    accepted: tuple[tuple[str, JournalEntry | None], ...]
    settled: tuple[str, ...]


@dataclass(frozen=True)
class NotJournaled:
    """What could not be written or looked up, and why."""

    ids: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Known:
    """What the journal knows of a command."""

    id: str
    entry: JournalEntry | None


@dataclass(frozen=True)
class Resumed:
    """The commands of which it is not known what became."""

    entries: tuple[JournalEntry, ...]


@dataclass(frozen=True)
class JournalUp:
    """The journal can be written (again): what it was told and did not answer is to be said once more."""
