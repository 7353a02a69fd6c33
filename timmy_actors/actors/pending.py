"""A command that is not over: its entry, how far it has come, and who waits for it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any

from timmy_actors.errors import Refused
from timmy_actors.model.command import CommandResult, ErrorInfo
from timmy_actors.model.journal import CommandState, JournalEntry
from timmy_actors.supervision import Reply

_STATES: dict[str, CommandState] = {"expired": "expired", "in_doubt": "in_doubt"}


class Stage(Enum):
    """How far a command has come."""

    JOURNALING = auto()
    """It goes out when the journal has it."""
    UNDER_WAY = auto()
    """It was sent, or will be as soon as the link is up."""
    SETTLED = auto()
    """It is known what became of it; who waits is told when the journal has that too."""


@dataclass
class Pending:
    """One command."""

    entry: JournalEntry
    idempotent: bool
    stage: Stage
    journaled: bool = False
    """Whether the journal has it, and must be told how it ends."""
    waiters: dict[str, Reply] = field(default_factory=dict)
    early: dict[str, Reply] = field(default_factory=dict)
    """Who only waits until it is accepted."""

    def refuse_another(self, name: str, arguments: dict[str, Any]) -> None:
        """See that a repeat of its id means the same command.

        Raises:
            Refused: `bad_arguments`: it does not.
        """
        if (name, arguments) != (self.entry.name, self.entry.arguments):
            told = f"the id {self.entry.id!r} was given to another command ({self.entry.name}): choose a new one"
            raise Refused("bad_arguments", told, "command_id")

    def change(self, **changes: Any) -> None:
        """Replace fields of its entry."""
        self.entry = self.entry.model_copy(update=changes)

    def sent(self, epoch: int) -> None:
        """It went out once more."""
        first = self.entry.sent_at or datetime.now(UTC)
        self.change(state="sent", attempts=self.entry.attempts + 1, epoch=epoch, sent_at=first)

    def settle(self, value: dict[str, Any] | None, error: ErrorInfo | None) -> None:
        """It is known what became of it."""
        self.stage = Stage.SETTLED
        state = "done" if error is None else _STATES.get(error.code, "failed")
        self.change(state=state, value=value, error=error, settled_at=datetime.now(UTC))


def may_have_been_sent(entry: JournalEntry) -> JournalEntry:
    """An entry of an earlier incarnation: that it was sent may not have been written down any more."""
    return entry.model_copy(update={"attempts": max(1, entry.attempts), "epoch": 0})


def is_overdue(entry: JournalEntry, host: str, now: float) -> bool:
    """Whether the deadline has passed on this host's clock; that of another boot of it has."""
    return now >= (entry.due if entry.host == host else -math.inf)


def answer(reply: Reply, entry: JournalEntry) -> None:
    """Say what became of a command."""
    if entry.error is not None:
        reply.fail(Refused(entry.error.code, entry.error.message, entry.error.field))
    else:
        reply.set(CommandResult(id=entry.id, value=entry.value))
