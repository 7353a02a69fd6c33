"""The commands: each validated, journaled, sent under the current epoch, and answered to whoever gave it."""

from __future__ import annotations

import itertools
import secrets
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from timmy_actors.commands.delivery import ASK_AGAIN_S, SENDER, Dispatch
from timmy_actors.commands.messages import SubmitCommand
from timmy_actors.commands.pending import Pending, Stage, Waiter
from timmy_actors.errors import RefusedError
from timmy_actors.journal import Accept, Journaled, JournalUp, Known, Look, NotJournaled, Record, Resume, Resumed
from timmy_actors.link import LinkUp, Received
from timmy_actors.protocol import (
    COMMANDS,
    CommandResult,
    Error,
    ErrorInfo,
    JournalEntry,
    JournalStatus,
    LinkStatus,
    Result,
    parse_command,
    wire_arguments,
)
from timmy_actors.supervision import DEFERRED, Actor, Directory, Reply, SharedValue

NAME = SENDER
MAX_PENDING = 1_000
"""Commands on their way at once; more are refused as `overloaded`."""
GRACE_S = 1.0
"""How long past its deadline an answer may still arrive: the server drops late commands, but its word needs time."""
NOT_KNOWN_YET = "sent, but no answer came before the deadline: give it again with the command_id {key!r} to learn more"


@dataclass(frozen=True)
class CommandOptions:
    """Whose commands these are, and whether they are journaled."""

    client: str
    journaled: bool
    goes_on: bool
    """Whether commands are taken while the journal cannot be written."""


@dataclass(frozen=True)
class _Due:
    """A command's deadline has come, or it is time to ask again what became of it."""

    key: str


@dataclass(frozen=True)
class _Overdue:
    """Somebody has waited long enough for it."""

    key: str


@dataclass(frozen=True)
class _Repeat:
    """A command that can be answered from the journal only: the link is down."""

    do: SubmitCommand
    arguments: dict[str, Any]
    reply: Reply


class CommandActor(Actor):
    """What was sent when the link dropped goes out again under the same id, which the server answers from memory.

    Where the server itself restarted, only what is idempotent goes out again; the rest is `in_doubt`, and reported.
    What an earlier incarnation left, of this actor or of the daemon, is taken over from the journal.
    """

    def __init__(
        self,
        options: CommandOptions,
        *,
        directory: Directory,
        link: SharedValue[LinkStatus],
        journal: SharedValue[JournalStatus],
    ) -> None:
        super().__init__()
        self._options = options
        self._directory = directory
        self._journal = journal
        self._dispatch = Dispatch(options.client, directory, link)
        self._pending: dict[str, Pending] = {}
        self._looked_up: defaultdict[str, list[_Repeat]] = defaultdict(list)
        self._resumed = not options.journaled
        self._incarnation = secrets.token_hex(8)
        """The server remembers ids across our restarts: those of two incarnations must differ."""
        self._ids = itertools.count(1)

    def on_start(self) -> None:
        """Ask the journal what is not over yet."""
        if not self._resumed:
            self._directory.tell("journal", Resume())

    def on_receive(self, message: Any) -> Any:
        """Take commands, follow the link and the journal, pass results on."""
        match message:
            case SubmitCommand():
                return self._do(message)
            case Received(_, Result() as result):
                self._on_answer(result.id, result)
            case Received(_, Error() as error):
                self._on_answer(error.id, error)
            case LinkUp():
                self._advance_all()
            case _Due(key) | _Overdue(key) if (pending := self._pending.get(key)) is not None:
                self._on_timer(pending, message)
            case _:
                self._on_journal(message)
        return None

    def on_stop(self) -> None:
        """Leave nobody waiting."""
        self._abandon("the daemon is stopping")

    def on_failure(self, *_: object) -> None:
        """The same."""
        self._abandon("the command actor failed")

    # Taking commands in.

    def _do(self, do: SubmitCommand) -> object:
        arguments = parse_command(do.name, do.arguments)
        given = wire_arguments(arguments)
        key = do.id if do.id is not None else f"{self._incarnation}-{next(self._ids)}"
        pending, link = self._pending.get(key), self._dispatch.reachable()
        if pending is not None:
            pending.refuse_another(do.name, given)
            self._join(pending, do, self.take_reply())
        elif time.monotonic() >= do.due:
            raise RefusedError("expired", "it came here after its deadline: it was not done")
        elif link is not None:
            self._accept(self._dispatch.accepted(do, key, arguments, given, link), do, link)
        elif do.id is not None and self._options.journaled:
            self._looked_up[key].append(_Repeat(do, given, self.take_reply()))
            self._tell_journal(Look(key))
        else:
            raise self._dispatch.unavailable()
        return DEFERRED

    def _accept(self, pending: Pending, do: SubmitCommand, link: LinkStatus) -> None:
        if len(self._pending) >= MAX_PENDING:
            raise RefusedError("overloaded", f"{MAX_PENDING} commands are on their way already")
        failing = self._options.journaled and self._journal.value.state == "failing"
        if failing and not self._options.goes_on:
            raise RefusedError("unavailable", f"not taken: {self._journal.value.reason}")
        key = pending.id
        self._pending[key] = pending
        pending.waiters.append(Waiter(self.take_reply(), pending.due, do.until == "accepted"))
        self.mailbox.schedule(key, pending.due - time.monotonic(), _Due(key))
        if self._options.journaled and not failing:
            self._tell_journal(Accept(pending.entry()))
        elif do.until == "accepted":
            self._set_out(pending)
        else:  # the same, by the shortest way: what comes before the sending is felt by every caller
            pending.stage = Stage.UNDER_WAY
            self._dispatch.send(pending, link)

    def _join(self, pending: Pending, do: SubmitCommand, reply: Reply) -> None:
        if pending.stage is Stage.SETTLED and not pending.waiters:
            pending.answer(reply)
        elif do.until == "accepted" and pending.stage is not Stage.JOURNALING:
            reply.set(CommandResult(id=pending.id))
        else:
            pending.waiters.append(Waiter(reply, do.due, do.until == "accepted"))
            self._watch_waiters(pending)

    def _set_out(self, pending: Pending) -> None:
        pending.stage = Stage.UNDER_WAY
        for waiter in pending.take_early():
            waiter.reply.set(CommandResult(id=pending.id))
        self._advance(pending)

    # Sending, and what comes back.

    def _advance_all(self) -> None:
        for pending in list(self._pending.values()):
            if pending.stage is Stage.UNDER_WAY and not self._dispatch.is_out(pending):
                self._advance(pending)

    def _advance(self, pending: Pending) -> None:
        over = self._dispatch.advance(pending)
        if over is not None:
            self._settle(pending, None, over)

    def _on_answer(self, key: str | None, answer: Result | Error) -> None:
        pending = self._pending.get(key) if key is not None else None
        if pending is not None and pending.stage is Stage.UNDER_WAY:
            value, revision = (answer.value, answer.revision) if isinstance(answer, Result) else (None, None)
            self._settle(pending, value, self._dispatch.believed(pending, answer.error), revision)

    def _on_timer(self, pending: Pending, timer: _Due | _Overdue) -> None:
        now = time.monotonic()
        if isinstance(timer, _Overdue):
            for waiter in pending.take_late(now - GRACE_S):
                self._tell_late(pending, waiter.reply)
        elif pending.stage is Stage.UNDER_WAY:
            self.mailbox.schedule(pending.id, ASK_AGAIN_S, timer)
            self._advance(pending)
        self._watch_waiters(pending)

    def _watch_waiters(self, pending: Pending) -> None:
        if pending.waiters:
            first = min(waiter.due for waiter in pending.waiters)
            self.mailbox.schedule(_overdue_key(pending.id), first + GRACE_S - time.monotonic(), _Overdue(pending.id))

    def _tell_late(self, pending: Pending, reply: Reply) -> None:
        match pending.stage:
            case Stage.SETTLED:
                pending.answer(reply)
            case Stage.JOURNALING:
                reply.fail(RefusedError("expired", "the journal did not take it in time: it was not done"))
            case Stage.UNDER_WAY:
                reply.fail(RefusedError("in_doubt", NOT_KNOWN_YET.format(key=pending.id)))

    def _settle(
        self, pending: Pending, value: dict[str, Any] | None, error: ErrorInfo | None, revision: int | None = None
    ) -> None:
        pending.settle(value, error, revision)
        if pending.journaled:
            self._tell_journal(Record(pending.entry()))
        else:
            self._let_go(pending)
        self.mailbox.cancel(pending.id)

    def _let_go(self, pending: Pending) -> None:
        self._pending.pop(pending.id, None)
        self._deliver(pending)

    def _deliver(self, pending: Pending) -> None:
        for waiter in pending.take_waiters():
            pending.answer(waiter.reply)
        self.mailbox.cancel(_overdue_key(pending.id))

    # The journal's word.

    def _on_journal(self, message: Any) -> None:
        match message:
            case Journaled():
                self._on_journaled(message)
            case NotJournaled():
                self._on_not_journaled(message)
            case Known(key, entry):
                self._on_known(key, entry)
            case Resumed(entries):
                self._on_resumed(entries)
            case JournalUp():
                self._on_journal_up()

    def _tell_journal(self, message: Accept | Record | Look) -> None:
        if not self._directory.tell("journal", message):
            key = message.id if isinstance(message, Look) else message.entry.id
            self._on_not_journaled(NotJournaled((key,), "the journal's actor is not there"))

    def _on_journaled(self, journaled: Journaled) -> None:
        for key in journaled.settled:
            pending = self._pending.get(key)
            if pending is not None and pending.stage is Stage.SETTLED:
                self._let_go(pending)
        for key, known in journaled.accepted:
            pending = self._pending.get(key)
            if pending is not None and pending.stage is Stage.JOURNALING:
                self._on_accepted(pending, known)

    def _on_accepted(self, pending: Pending, known: JournalEntry | None) -> None:
        if known is not None and known.settled and not known.may_be_tried_again:
            self._repeat(pending, known)
        else:
            pending.journaled = True
            self._set_out(pending)

    def _repeat(self, pending: Pending, known: JournalEntry) -> None:
        recorded = Pending.settled(known)
        try:
            recorded.refuse_another(pending.name, pending.arguments)
        except RefusedError as refused:
            self._refuse(pending, refused)
        else:
            recorded.waiters = pending.waiters
            self.mailbox.cancel(pending.id)
            self._let_go(recorded)

    def _on_not_journaled(self, lost: NotJournaled) -> None:
        for key in lost.ids:
            for repeat in self._looked_up.pop(key, ()):
                repeat.reply.fail(self._dispatch.unavailable())
            pending = self._pending.get(key)
            if pending is None:
                continue
            if pending.stage is Stage.SETTLED:
                self._deliver(pending)
            elif pending.stage is Stage.JOURNALING and self._options.goes_on:
                self._set_out(pending)
            elif pending.stage is Stage.JOURNALING:
                # The disk may have it in spite of the error: what the caller is told is to be written over that.
                pending.journaled = True
                pending.settle(None, ErrorInfo(code="unavailable", message=f"not taken: {lost.reason}"))
                self.mailbox.cancel(key)
                self._deliver(pending)

    def _refuse(self, pending: Pending, refused: RefusedError) -> None:
        del self._pending[pending.id]
        self.mailbox.cancel(pending.id)
        self.mailbox.cancel(_overdue_key(pending.id))
        for waiter in pending.take_waiters():
            waiter.reply.fail(refused)

    def _on_known(self, key: str, entry: JournalEntry | None) -> None:
        for repeat in self._looked_up.pop(key, ()):
            try:
                self._answer_repeat(repeat, self._pending.get(key), entry)
            except RefusedError as refused:
                repeat.reply.fail(refused)

    def _answer_repeat(self, repeat: _Repeat, pending: Pending | None, entry: JournalEntry | None) -> None:
        if pending is None and entry is not None and entry.settled and not entry.may_be_tried_again:
            pending = Pending.settled(entry)
        if pending is None:
            raise self._dispatch.unavailable()
        pending.refuse_another(repeat.do.name, repeat.arguments)
        self._join(pending, repeat.do, repeat.reply)

    def _on_resumed(self, entries: tuple[JournalEntry, ...]) -> None:
        self._resumed = True
        for entry in entries:
            given = self._pending.get(entry.id)
            if given is None or given.stage is Stage.JOURNALING:
                model = COMMANDS.get(entry.name)
                self._take_over(Pending.resumed(entry, idempotent=model is not None and model.idempotent), given)

    def _take_over(self, resumed: Pending, given: Pending | None) -> None:
        if given is not None:
            try:
                resumed.refuse_another(given.name, given.arguments)
                resumed.waiters = given.waiters
            except RefusedError as refused:
                self._refuse(given, refused)
        self._pending[resumed.id] = resumed
        left_s = self._dispatch.left_s(resumed)
        self.mailbox.schedule(resumed.id, left_s if left_s > 0 else ASK_AGAIN_S, _Due(resumed.id))
        self._set_out(resumed)

    def _on_journal_up(self) -> None:
        if not self._resumed:
            self._directory.tell("journal", Resume())
        for pending in list(self._pending.values()):
            if pending.stage is Stage.JOURNALING:
                self._tell_journal(Accept(pending.entry()))
            elif pending.stage is Stage.SETTLED:
                self._tell_journal(Record(pending.entry()))
        for key in tuple(self._looked_up):
            self._tell_journal(Look(key))

    # Its end.

    def _abandon(self, why: str) -> None:
        for key, pending in list(self._pending.items()):
            if pending.stage is not Stage.SETTLED:
                told = f"not answered: {why}"
                if self._options.journaled:
                    told += f"; give it again later with the command_id {key!r} to learn what became of it"
                pending.settle(None, ErrorInfo(code="in_doubt", message=told))
            self._deliver(pending)
        for waiting in self._looked_up.values():
            for repeat in waiting:
                repeat.reply.fail(RefusedError("unavailable", why))


def _overdue_key(key: str) -> str:
    return f"{key}\n"  # no id has a line break in it
