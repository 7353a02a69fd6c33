"""The command actor: validates and journals each command, sends it under the current epoch and answers its caller."""

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
"""Pending commands; more are refused as `overloaded`."""
GRACE_S = 1.0
"""How long past the deadline an answer is awaited: the server drops late commands, but its answer needs time."""
NO_ANSWER = "sent, but not answered before the deadline: send it again with the command_id {key!r} to learn its result"


@dataclass(frozen=True)
class CommandOptions:
    """The client's name, and how its commands are journaled."""

    client: str
    journaled: bool
    goes_on: bool
    """Whether commands are accepted while the journal cannot be written."""


@dataclass(frozen=True)
class _Due:
    """Timer: a command's deadline has passed, or an unanswered command is due to be sent again."""

    key: str


@dataclass(frozen=True)
class _Overdue:
    """Timer: a waiter's deadline and the grace period have passed."""

    key: str


@dataclass(frozen=True)
class _Repeat:
    """A command with a caller's id that only the journal can answer, because the link is down."""

    request: SubmitCommand
    arguments: dict[str, Any]
    reply: Reply


class CommandActor(Actor):
    """Executes commands effectively once.

    After a link loss it sends unanswered commands again under the same id, which the server answers from memory. After
    a restart of the server it sends only idempotent ones again and reports the others as `in_doubt`. It resumes the
    commands that an earlier incarnation, of this actor or of the daemon, left in the journal.
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
        """Part of each id: the server remembers ids across our restarts, so each incarnation needs its own."""
        self._ids = itertools.count(1)

    def on_start(self) -> None:
        """Request the unsettled commands from the journal."""
        if not self._resumed:
            self._directory.tell("journal", Resume())

    def on_receive(self, message: Any) -> Any:
        """Handle commands, results, timers, and messages of the link and the journal."""
        match message:
            case SubmitCommand():
                return self._submit(message)
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
        """Answer all waiting callers."""
        self._abandon("the daemon is stopping")

    def on_failure(self, *_: object) -> None:
        """Answer all waiting callers."""
        self._abandon("the command actor failed")

    # Accepting commands.

    def _submit(self, request: SubmitCommand) -> object:
        arguments = parse_command(request.name, request.arguments)
        wired = wire_arguments(arguments)
        key = request.id if request.id is not None else f"{self._incarnation}-{next(self._ids)}"
        pending, link = self._pending.get(key), self._dispatch.reachable()
        if pending is not None:
            pending.refuse_another(request.name, wired)
            self._join(pending, request, self.take_reply())
        elif time.monotonic() >= request.due:
            raise RefusedError("expired", "the command arrived after its deadline and was not executed")
        elif link is not None:
            self._accept(self._dispatch.accepted(request, key, arguments, wired, link), request, link)
        elif request.id is not None and self._options.journaled:
            self._looked_up[key].append(_Repeat(request, wired, self.take_reply()))
            self._tell_journal(Look(key))
        else:
            raise self._dispatch.unavailable()
        return DEFERRED

    def _accept(self, pending: Pending, request: SubmitCommand, link: LinkStatus) -> None:
        if len(self._pending) >= MAX_PENDING:
            raise RefusedError("overloaded", f"{MAX_PENDING} commands are already pending: try again later")
        failing = self._options.journaled and self._journal.value.state == "failing"
        if failing and not self._options.goes_on:
            raise RefusedError("unavailable", f"the command was not accepted: {self._journal.value.reason}")
        key = pending.id
        self._pending[key] = pending
        pending.waiters.append(Waiter(self.take_reply(), pending.due, request.until == "accepted"))
        self.mailbox.schedule(key, pending.due - time.monotonic(), _Due(key))
        if self._options.journaled and not failing:
            self._tell_journal(Accept(pending.entry()))
        elif request.until == "accepted":
            self._set_out(pending)
        else:  # the same without `_set_out`: its time would add to the latency of every command
            pending.stage = Stage.UNDER_WAY
            self._dispatch.send(pending, link)

    def _join(self, pending: Pending, request: SubmitCommand, reply: Reply) -> None:
        if pending.stage is Stage.SETTLED and not pending.waiters:
            pending.answer(reply)
        elif request.until == "accepted" and pending.stage is not Stage.JOURNALING:
            reply.set(CommandResult(id=pending.id))
        else:
            pending.waiters.append(Waiter(reply, request.due, request.until == "accepted"))
            self._watch_waiters(pending)

    def _set_out(self, pending: Pending) -> None:
        pending.stage = Stage.UNDER_WAY
        for waiter in pending.take_early():
            waiter.reply.set(CommandResult(id=pending.id))
        self._advance(pending)

    # Sending and results.

    def _advance_all(self) -> None:
        for pending in list(self._pending.values()):
            if pending.stage is Stage.UNDER_WAY and not self._dispatch.is_out(pending):
                self._advance(pending)

    def _advance(self, pending: Pending) -> None:
        error = self._dispatch.advance(pending)
        if error is not None:
            self._settle(pending, error)

    def _on_answer(self, key: str | None, answer: Result | Error) -> None:
        pending = self._pending.get(key) if key is not None else None
        if pending is not None and pending.stage is Stage.UNDER_WAY:
            result = answer if isinstance(answer, Result) else None
            self._settle(pending, self._dispatch.checked_error(pending, answer.error), result)

    def _on_timer(self, pending: Pending, timer: _Due | _Overdue) -> None:
        now = time.monotonic()
        if isinstance(timer, _Overdue):
            for waiter in pending.take_late(now - GRACE_S):
                self._answer_late(pending, waiter.reply)
        elif pending.stage is Stage.UNDER_WAY:
            self.mailbox.schedule(pending.id, ASK_AGAIN_S, timer)
            self._advance(pending)
        self._watch_waiters(pending)

    def _watch_waiters(self, pending: Pending) -> None:
        if pending.waiters:
            first = min(waiter.due for waiter in pending.waiters)
            self.mailbox.schedule(_overdue_key(pending.id), first + GRACE_S - time.monotonic(), _Overdue(pending.id))

    def _answer_late(self, pending: Pending, reply: Reply) -> None:
        match pending.stage:
            case Stage.SETTLED:
                pending.answer(reply)
            case Stage.JOURNALING:
                reply.fail(
                    RefusedError("expired", "the journal did not store the command in time: it was not executed")
                )
            case Stage.UNDER_WAY:
                reply.fail(RefusedError("in_doubt", NO_ANSWER.format(key=pending.id)))

    def _settle(self, pending: Pending, error: ErrorInfo | None, result: Result | None = None) -> None:
        if result is None:
            pending.settle(None, error)
        else:
            pending.settle(result.value, error, result.revision, result.game_ms)
        if pending.journaled:
            self._tell_journal(Record(pending.entry()))
        else:
            self._remove(pending)
        self.mailbox.cancel(pending.id)

    def _remove(self, pending: Pending) -> None:
        self._pending.pop(pending.id, None)
        self._deliver(pending)

    def _deliver(self, pending: Pending) -> None:
        for waiter in pending.take_waiters():
            pending.answer(waiter.reply)
        self.mailbox.cancel(_overdue_key(pending.id))

    # Messages from the journal.

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
            self._on_not_journaled(NotJournaled((key,), "the journal actor is not running"))

    def _on_journaled(self, journaled: Journaled) -> None:
        for key in journaled.settled:
            pending = self._pending.get(key)
            if pending is not None and pending.stage is Stage.SETTLED:
                self._remove(pending)
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
            self._remove(recorded)

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
                # The write may have reached the disk despite the error: the caller's answer must replace it there.
                pending.journaled = True
                pending.settle(
                    None, ErrorInfo(code="unavailable", message=f"the command was not accepted: {lost.reason}")
                )
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
        pending.refuse_another(repeat.request.name, repeat.arguments)
        self._join(pending, repeat.request, repeat.reply)

    def _on_resumed(self, entries: tuple[JournalEntry, ...]) -> None:
        self._resumed = True
        for entry in entries:
            waiting = self._pending.get(entry.id)
            if waiting is None or waiting.stage is Stage.JOURNALING:
                model = COMMANDS.get(entry.name)
                self._take_over(Pending.resumed(entry, idempotent=model is not None and model.idempotent), waiting)

    def _take_over(self, resumed: Pending, waiting: Pending | None) -> None:
        if waiting is not None:
            try:
                resumed.refuse_another(waiting.name, waiting.arguments)
                resumed.waiters = waiting.waiters
            except RefusedError as refused:
                self._refuse(waiting, refused)
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

    # Stopping.

    def _abandon(self, why: str) -> None:
        for key, pending in list(self._pending.items()):
            if pending.stage is not Stage.SETTLED:
                reason = f"not answered: {why}"
                if self._options.journaled:
                    reason += f"; send it again later with the command_id {key!r} to learn its result"
                pending.settle(None, ErrorInfo(code="in_doubt", message=reason))
            self._deliver(pending)
        for repeats in self._looked_up.values():
            for repeat in repeats:
                repeat.reply.fail(RefusedError("unavailable", why))


def _overdue_key(key: str) -> str:
    return f"{key}\n"  # an id cannot contain a line break
