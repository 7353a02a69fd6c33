"""A pending command: its progress and its waiting callers."""

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
    """The progress of a command."""

    JOURNALING = auto()
    """It is sent once the journal has stored it."""
    UNDER_WAY = auto()
    """It was sent, or will be sent as soon as the link is up."""
    SETTLED = auto()
    """Its result is known; its waiters are answered once the journal has stored the result."""


class Waiter(NamedTuple):
    """A caller that waits for a command; `due` is its deadline in monotonic seconds."""

    reply: Reply
    due: float
    until_accepted: bool


@dataclass(slots=True)
class Pending:
    """A pending command: a mutable `JournalEntry`, which is cheaper than copying an immutable one at each step."""

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
    """UTC seconds, as in `sent_at` and `settled_at`."""
    attempts: int = 0
    epoch: int = 0
    sent_at: float | None = None
    settled_at: float | None = None
    value: dict[str, Any] | None = None
    error: ErrorInfo | None = None
    revision: int | None = None
    """The server's revision that it produced."""
    game_ms: int | None = None
    """The game time at which it was executed. Not journaled: it is of use only right after the observation."""
    journaled: bool = False
    """Whether the journal has stored it and must receive its result."""
    waiters: list[Waiter] = field(default_factory=list)

    @classmethod
    def settled(cls, entry: JournalEntry) -> Self:
        """A command whose result is in the journal."""
        return cls._of(entry, idempotent=False, stage=Stage.SETTLED)

    @classmethod
    def resumed(cls, entry: JournalEntry, *, idempotent: bool) -> Self:
        """A command that an earlier incarnation left unsettled. It may have been sent without a record of that."""
        resumed = cls._of(entry, idempotent=idempotent, stage=Stage.UNDER_WAY)
        resumed.attempts, resumed.epoch = max(1, entry.attempts), 0
        return resumed

    @classmethod
    def _of(cls, entry: JournalEntry, *, idempotent: bool, stage: Stage) -> Self:
        fields = dict(entry)
        for key in ("accepted_at", "sent_at", "settled_at"):
            fields[key] = fields[key] and fields[key].timestamp()
        return cls(**fields, idempotent=idempotent, stage=stage, journaled=True)

    def entry(self) -> JournalEntry:
        """The command as the journal stores it."""
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
        """Check that a repeat of its id is the same command.

        Raises:
            RefusedError: `bad_arguments`: its name or arguments differ.
        """
        if (name, arguments) != (self.name, self.arguments):
            conflict = f"the id {self.id!r} was used for another command ({self.name}): choose a new one"
            raise RefusedError("bad_arguments", conflict, "command_id")

    def sent(self, epoch: int) -> None:
        """Record that it is sent over the link of this epoch."""
        self.state, self.epoch = "sent", epoch
        self.attempts += 1
        self.sent_at = self.sent_at or time.time()

    def settle(
        self,
        value: dict[str, Any] | None,
        error: ErrorInfo | None,
        revision: int | None = None,
        game_ms: int | None = None,
    ) -> None:
        """Record its result."""
        self.revision, self.game_ms = (revision, game_ms) if error is None else (None, None)
        self.stage, self.settled_at = Stage.SETTLED, time.time()
        self.state = "done" if error is None else _STATES.get(error.code, "failed")
        self.value, self.error = value, error

    def take_waiters(self) -> list[Waiter]:
        """Remove and return all waiters."""
        taken, self.waiters = self.waiters, []
        return taken

    def take_early(self) -> list[Waiter]:
        """Remove and return the waiters that wait only until it is accepted."""
        taken = [waiter for waiter in self.waiters if waiter.until_accepted]
        self.waiters = [waiter for waiter in self.waiters if not waiter.until_accepted]
        return taken

    def take_late(self, before: float) -> list[Waiter]:
        """Remove and return the waiters due at or before `before`, in monotonic seconds."""
        taken = [waiter for waiter in self.waiters if waiter.due <= before]
        self.waiters = [waiter for waiter in self.waiters if waiter.due > before]
        return taken

    def answer(self, reply: Reply) -> None:
        """Answer with its result."""
        if self.error is not None:
            reply.fail(RefusedError(self.error.code, self.error.message, self.error.field))
        else:
            produced = None if self.revision is None else Revision(boot=self.boot, number=self.revision)
            reply.set(CommandResult(id=self.id, value=self.value, revision=produced, game_ms=self.game_ms))


def _moment(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)
