"""A command that is not over: how far it has come, and who waits for it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any, NamedTuple, Self

from timmy_actors.errors import RefusedError
from timmy_actors.protocol import CommandResult, CommandState, ErrorInfo, JournalEntry, Revision
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


class Waiter(NamedTuple):
    """Somebody who waits for a command, and until when, in monotonic seconds."""

    reply: Reply
    due: float
    until_accepted: bool


@dataclass(slots=True)
class Pending:
    """One command: a `JournalEntry` that can be changed, for a command is given far more often than it is kept long."""

    client: str
    id: str
    name: str
    arguments: dict[str, Any]
    idempotent: bool
    boot: str
    accepted_ms: int
    deadline_ms: int
    due: float
    host: str
    stage: Stage = Stage.JOURNALING
    state: CommandState = "accepted"
    accepted_at: float = field(default_factory=time.time)
    """UTC seconds, as the others."""
    attempts: int = 0
    epoch: int = 0
    sent_at: float | None = None
    settled_at: float | None = None
    value: dict[str, Any] | None = None
    error: ErrorInfo | None = None
    revision: int | None = None
    """Its number among the commands of the server that did it."""
    journaled: bool = False
    """Whether the journal has it, and must be told how it ends."""
    waiters: list[Waiter] = field(default_factory=list)

    @classmethod
    def settled(cls, entry: JournalEntry) -> Self:
        """One that the journal knows the end of."""
        return cls._of(entry, idempotent=False, stage=Stage.SETTLED)

    @classmethod
    def resumed(cls, entry: JournalEntry, *, idempotent: bool) -> Self:
        """One that an earlier incarnation left. It may have been sent although that was not written down any more."""
        resumed = cls._of(entry, idempotent=idempotent, stage=Stage.UNDER_WAY)
        resumed.attempts, resumed.epoch = max(1, entry.attempts), 0
        return resumed

    @classmethod
    def _of(cls, entry: JournalEntry, *, idempotent: bool, stage: Stage) -> Self:
        kept = dict(entry)
        for key in ("accepted_at", "sent_at", "settled_at"):
            kept[key] = kept[key] and kept[key].timestamp()
        return cls(**kept, idempotent=idempotent, stage=stage, journaled=True)

    def entry(self) -> JournalEntry:
        """What the journal is to keep of it."""
        return JournalEntry(
            client=self.client,
            id=self.id,
            name=self.name,
            arguments=self.arguments,
            state=self.state,
            accepted_at=datetime.fromtimestamp(self.accepted_at, UTC),
            boot=self.boot,
            accepted_ms=self.accepted_ms,
            deadline_ms=self.deadline_ms,
            due=self.due,
            host=self.host,
            attempts=self.attempts,
            epoch=self.epoch,
            sent_at=_moment(self.sent_at),
            settled_at=_moment(self.settled_at),
            value=self.value,
            error=self.error,
            revision=self.revision,
        )

    def refuse_another(self, name: str, arguments: dict[str, Any]) -> None:
        """See that a repeat of its id means the same command.

        Raises:
            RefusedError: `bad_arguments`: it does not.
        """
        if (name, arguments) != (self.name, self.arguments):
            told = f"the id {self.id!r} was given to another command ({self.name}): choose a new one"
            raise RefusedError("bad_arguments", told, "command_id")

    def sent(self, epoch: int) -> None:
        """It goes out once more."""
        self.state, self.epoch = "sent", epoch
        self.attempts += 1
        self.sent_at = self.sent_at or time.time()

    def settle(self, value: dict[str, Any] | None, error: ErrorInfo | None, revision: int | None = None) -> None:
        """It is known what became of it."""
        self.revision = revision if error is None else None
        self.stage, self.settled_at = Stage.SETTLED, time.time()
        self.state = "done" if error is None else _STATES.get(error.code, "failed")
        self.value, self.error = value, error

    def take_waiters(self) -> list[Waiter]:
        """All who wait, to be answered now."""
        taken, self.waiters = self.waiters, []
        return taken

    def take_early(self) -> list[Waiter]:
        """Those who wait only until it is accepted."""
        taken = [waiter for waiter in self.waiters if waiter.until_accepted]
        self.waiters = [waiter for waiter in self.waiters if not waiter.until_accepted]
        return taken

    def take_late(self, before: float) -> list[Waiter]:
        """Those whose time was up before that."""
        taken = [waiter for waiter in self.waiters if waiter.due <= before]
        self.waiters = [waiter for waiter in self.waiters if waiter.due > before]
        return taken

    def answer(self, reply: Reply) -> None:
        """Say what became of it."""
        if self.error is not None:
            reply.fail(RefusedError(self.error.code, self.error.message, self.error.field))
        else:
            produced = None if self.revision is None else Revision(boot=self.boot, number=self.revision)
            reply.set(CommandResult(id=self.id, value=self.value, revision=produced))


def _moment(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)
