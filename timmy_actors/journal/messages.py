"""Messages between the command actor and the journal actor."""

from __future__ import annotations

from dataclasses import dataclass

from timmy_actors.errors import RefusedError
from timmy_actors.protocol import CommandResult, JournalEntry
from timmy_actors.supervision import Reply


@dataclass(frozen=True)
class Accept:
    """To the journal: store a command, unless one with its id is stored. Answered with `Journaled`."""

    entry: JournalEntry


@dataclass(frozen=True)
class Record:
    """To the journal: update a command. Answered with `Journaled` if the entry is settled."""

    entry: JournalEntry
    replies: tuple[Reply, ...] = ()
    """The callers that wait for a settled command. The journal itself answers them once the entry is durable: one
    thread fewer on their way."""
    outcome: CommandResult | RefusedError | None = None
    """Their answer."""

    def answer(self) -> None:
        """Answer the callers."""
        for reply in self.replies:
            if isinstance(self.outcome, RefusedError):
                reply.fail(self.outcome)
            else:
                reply.set(self.outcome)


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
