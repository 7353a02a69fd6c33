"""A pending command: its progress and its waiting callers, and its forms for the journal, the game and the caller."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import Path
from typing import Any, NamedTuple, Self

from timmy_actors.commands.delivery import (
    DOUBTS,
    Next,
    decide,
    proves_undone,
    remember_s,
    server_now_ms,
    wire_deadline,
)
from timmy_actors.errors import RefusedError
from timmy_actors.link import ServerClock
from timmy_actors.protocol import (
    UNDONE_FOR_SURE,
    Command,
    CommandArguments,
    CommandRequest,
    CommandResult,
    CommandState,
    ErrorInfo,
    JournalEntry,
    LinkStatus,
    Result,
    Revision,
    wire_arguments,
)
from timmy_actors.supervision import Reply

EXPIRED = ErrorInfo(code="expired", message="the deadline passed before the command could be sent: it was not executed")
NOT_STORED = "the journal did not store the command in time: it was not executed"
NOT_STORED_YET = (
    "the journal did not store the command in time, and another caller still waits for it: send it again with the"
    " command_id {!r} to learn its result"
)
NOT_FOUND = (
    "the journal did not say in time what became of the command, and no link to the game is up: send it again with the"
    " command_id {!r} to learn its result"
)
NO_ANSWER = "sent, but not answered before the deadline: send it again with the command_id {!r} to learn its result"
_STATES: dict[str, CommandState] = {"expired": "expired", "in_doubt": "in_doubt"}
_HOST_BOOT = Path("/proc/sys/kernel/random/boot_id")
HOST = _HOST_BOOT.read_text().strip() if _HOST_BOOT.exists() else secrets.token_hex(8)
"""This host's boot: the monotonic clock is comparable only within it."""


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


class Repeat(NamedTuple):
    """A repeated command that only the journal can answer, because the link is down."""

    name: str
    arguments: dict[str, Any]
    waiter: Waiter


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
    traceparent: str | None = None
    """The span of the first request, if it is traced. Not journaled: a resumed command is not traced."""
    journaled: bool = False
    """Whether the journal has stored it and must receive its result."""
    waiters: list[Waiter] = field(default_factory=list)

    @classmethod
    def accepted(
        cls,
        request: CommandRequest,
        arguments: CommandArguments,
        due: float,
        link: LinkStatus,
        *,
        client: str,
        command_id: str,
    ) -> Self:
        """A command accepted now, to be sent over this link; `due` is its deadline in monotonic seconds."""
        clock = ServerClock(link.server_clock_ms or 0.0)
        return cls(
            client=client,
            id=command_id,
            name=request.name,
            arguments=wire_arguments(arguments),
            idempotent=arguments.idempotent,
            boot=link.boot or "",
            accepted_ms=clock.deadline(time.monotonic()),
            deadline_ms=clock.deadline(due),
            due=due,
            host=HOST,
            traceparent=request.traceparent,
        )

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

    def left_s(self) -> float:
        """Seconds until its deadline on this host's clock; 0 if the host has rebooted since."""
        return self.due - time.monotonic() if self.host == HOST else 0.0

    def send(self, link: LinkStatus) -> Command | ErrorInfo:
        """Record that it is sent over this link now: the message. The error instead if it must not be sent any more."""
        left_s, now_ms, memory_s = self.left_s(), server_now_ms(link), remember_s(link)
        step = decide(
            self,
            boot=link.boot or "",
            now_ms=now_ms,
            remember_s=memory_s,
            idempotent=self.idempotent,
            overdue=left_s <= 0,
        )
        if step in DOUBTS:
            return DOUBTS[step]
        if step is Next.READDRESS:
            self.boot, self.accepted_ms = link.boot or "", int(now_ms)
            self.deadline_ms = int(now_ms + left_s * 1000)
        self.state, self.epoch = "sent", link.epoch
        self.attempts += 1
        self.sent_at = self.sent_at or time.time()
        return Command(
            id=self.id,
            name=self.name,
            arguments=self.arguments,
            deadline=wire_deadline(self, memory_s),
            traceparent=self.traceparent,
        )

    def checked(self, error: ErrorInfo | None, link: LinkStatus) -> ErrorInfo | None:
        """An answer's error, or `in_doubt` where the answer does not prove that it was not executed."""
        if error is None or error.code not in UNDONE_FOR_SURE:
            return error
        undone = proves_undone(self, now_ms=server_now_ms(link), remember_s=remember_s(link))
        return error if undone else DOUBTS[Next.FORGOTTEN]

    def settle(self, error: ErrorInfo | None, result: Result | None = None) -> None:
        """Record its outcome: an error, else the game's result."""
        self.stage, self.settled_at = Stage.SETTLED, time.time()
        self.state = "done" if error is None else _STATES.get(error.code, "failed")
        self.error = error
        self.value = None if result is None else result.value
        executed = result if error is None else None
        self.revision = None if executed is None else executed.revision
        self.game_ms = None if executed is None else executed.game_ms

    def abandon(self, why: str, *, journaled: bool) -> None:
        """Record that its outcome is unknown; a repeat may learn it if the command is `journaled`."""
        reason = f"not answered: {why}"
        if journaled:
            reason += f"; send it again later with the command_id {self.id!r} to learn its result"
        self.settle(ErrorInfo(code="in_doubt", message=reason))

    def take_waiters(self) -> list[Waiter]:
        """Remove and return all waiters."""
        taken, self.waiters = self.waiters, []
        return taken

    def answer_early(self) -> None:
        """Answer those who wait only until it is accepted."""
        if any(waiter.until_accepted for waiter in self.waiters):
            for waiter in self.waiters:
                if waiter.until_accepted:
                    waiter.reply.set(CommandResult(id=self.id))
            self.waiters = [waiter for waiter in self.waiters if not waiter.until_accepted]

    def take_late(self, before: float) -> list[Waiter]:
        """Remove and return the waiters due at or before `before`, in monotonic seconds."""
        taken = [waiter for waiter in self.waiters if waiter.due <= before]
        self.waiters = [waiter for waiter in self.waiters if waiter.due > before]
        return taken

    def outcome(self) -> CommandResult | RefusedError:
        """The answer to those who wait for its result."""
        if self.error is not None:
            return RefusedError(self.error.code, self.error.message, self.error.field)
        produced = None if self.revision is None else Revision(boot=self.boot, number=self.revision)
        return CommandResult(id=self.id, value=self.value or {}, revision=produced, game_ms=self.game_ms)

    def answer_all(self) -> None:
        """Answer all who wait with its result."""
        for waiter in self.take_waiters():
            self.answer(waiter.reply)

    def answer(self, reply: Reply) -> None:
        """Answer with its result."""
        outcome = self.outcome()
        if isinstance(outcome, RefusedError):
            reply.fail(outcome)
        else:
            reply.set(outcome)

    def answer_late(self, reply: Reply) -> None:
        """Answer a caller whose deadline has passed."""
        match self.stage:
            case Stage.SETTLED:
                self.answer(reply)
            case Stage.JOURNALING if self.left_s() <= 0:
                reply.fail(RefusedError("expired", NOT_STORED))
            case Stage.JOURNALING:
                reply.fail(RefusedError("in_doubt", NOT_STORED_YET.format(self.id)))
            case Stage.UNDER_WAY:
                reply.fail(RefusedError("in_doubt", NO_ANSWER.format(self.id)))


def _moment(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)
