"""The command actor: from a caller's request to its answer. Read with `pending.py`, from `_on_request` on."""

from __future__ import annotations

import itertools
import secrets
import time
from typing import Any

from timmy_actors.commands.delivery import unavailable
from timmy_actors.commands.options import MAX_PENDING, CommandOptions
from timmy_actors.commands.pending import EXPIRED, NOT_FOUND, Pending, Repeat, Stage, Waiter
from timmy_actors.commands.repeats import Repeats
from timmy_actors.commands.timers import (
    ASK_AGAIN_S,
    GRACE_S,
    RECORD_SENT_AFTER_S,
    SENT,
    Due,
    LookOverdue,
    Overdue,
    Sent,
    look_key,
    overdue_key,
)
from timmy_actors.errors import RefusedError
from timmy_actors.journal import Accept, Journaled, JournalUp, Known, Look, NotJournaled, Record, Resume, Resumed
from timmy_actors.link import LinkUp, Received, Transmit
from timmy_actors.protocol import (
    COMMANDS,
    CommandRequest,
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
from timmy_actors.supervision import DEFERRED, Actor, Directory, SharedValue

NAME = "command"


class CommandActor(Actor):
    """Executes commands effectively once.

    After a link loss it sends unanswered commands again under the same id, which the server answers from memory. After
    a restart of the server it sends only idempotent ones again and reports the others as `in_doubt`. It resumes the
    commands that an earlier incarnation, of this actor or of the daemon, left in the journal.
    """

    actor_in_senders_thread = (CommandRequest, Received, Journaled)

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
        self._link = link
        self._journal = journal
        self._pending: dict[str, Pending] = {}
        self._sent: dict[str, float] = {}
        """Since when commands wait for their answers of which the journal does not know that they were sent."""
        self._looked_up = Repeats()
        self._resumed = not options.journaled
        self._incarnation = secrets.token_hex(8)
        """Part of each id: the server remembers ids across our restarts, so each incarnation needs its own."""
        self._numbers = itertools.count(1)

    def on_start(self) -> None:
        """Request the unsettled commands from the journal."""
        if not self._resumed:
            self._directory.tell("journal", Resume())

    def on_receive(self, message: Any) -> Any:
        """Handle commands, results, timers, and messages of the link and the journal."""
        match message:
            case CommandRequest():
                return self._on_request(message)
            case Received(_, Result() | Error() as answer):
                self._on_answer(answer)
            case Journaled() | NotJournaled() | Known() | Resumed() | JournalUp():
                self._on_journal(message)
            case LinkUp():
                self._on_link_up()
            case Due(command_id) | Overdue(command_id) if command_id in self._pending:
                self._on_timer(self._pending[command_id], message)
            case LookOverdue(command_id):
                self._on_look_overdue(command_id)
            case Sent():
                self._record_sent()
        return None

    def on_stop(self) -> None:
        """Answer all waiting callers."""
        self._abandon("the daemon is stopping")

    def on_failure(self, *_: object) -> None:
        """Answer all waiting callers."""
        self._abandon("the command actor failed")

    # 1. A request is accepted; its caller waits.

    def _on_request(self, request: CommandRequest) -> object:
        """Accept a command. The reply is its `CommandResult`, without a value if it waits until "accepted"."""
        arguments = parse_command(request.name, request.arguments)
        command_id = request.command_id or f"{self._incarnation}-{next(self._numbers)}"
        due = time.monotonic() + request.timeout_s if request.deadline is None else request.deadline
        pending, link = self._pending.get(command_id), self._reachable()
        if pending is not None:
            pending.refuse_another(request.name, wire_arguments(arguments))
            self._join(pending, Waiter(self.take_reply(), due, request.until == "accepted"))
        elif time.monotonic() >= due:
            raise RefusedError("expired", "the command arrived after its deadline and was not executed")
        elif link is not None:
            name = self._options.client
            self._accept(Pending.accepted(request, arguments, due, link, client=name, command_id=command_id), request)
        elif request.command_id is not None and self._options.journaled:
            waiter = Waiter(self.take_reply(), due, request.until == "accepted")
            self._look_up(command_id, Repeat(request.name, wire_arguments(arguments), waiter))
        else:
            raise unavailable(self._link.value)
        return DEFERRED

    def _accept(self, pending: Pending, request: CommandRequest) -> None:
        if len(self._pending) >= MAX_PENDING:
            raise RefusedError("overloaded", f"{MAX_PENDING} commands are already pending: try again later")
        failing = self._options.journaled and self._journal.value.state == "failing"
        if failing and not self._options.goes_on:
            raise RefusedError("unavailable", f"the command was not accepted: {self._journal.value.reason}")
        self._pending[pending.id] = pending
        pending.waiters.append(Waiter(self.take_reply(), pending.due, request.until == "accepted"))
        self.mailbox.schedule(pending.id, pending.due - time.monotonic(), Due(pending.id))
        if self._options.journaled and not failing:
            self._tell_journal(Accept(pending.entry()))
        else:
            self._set_out(pending)

    # 2. The journal has stored it; it is sent.

    def _on_accepted(self, pending: Pending, known: JournalEntry | None) -> None:
        if known is None or known == pending.entry():
            pending.journaled = True
            self._set_out(pending)
        elif known.settled:
            self._answer_from_journal(pending, known)
        else:
            self._resume(known, pending)

    def _set_out(self, pending: Pending) -> None:
        pending.stage = Stage.UNDER_WAY
        pending.answer_early()
        self._advance(pending)

    def _advance(self, pending: Pending) -> None:
        """Send a command if the link is up; settle it if it must not be sent any more."""
        link = self._reachable()
        if pending.attempts == 0 and pending.left_s() <= 0:
            self._settle(pending, EXPIRED)
        elif link is not None:
            message = pending.send(link)
            if isinstance(message, ErrorInfo):
                self._settle(pending, message)
                return
            self._directory.tell("connection", Transmit(link.epoch, NAME, message))
            if pending.journaled:
                self._await_answer(pending)

    def _await_answer(self, pending: Pending) -> None:
        if not self._sent:  # one timer for all: a timer for each would wake this actor's thread at each command
            self.mailbox.schedule(SENT, RECORD_SENT_AFTER_S, Sent())
        self._sent[pending.id] = time.monotonic()

    def _record_sent(self) -> None:
        before = time.monotonic() - RECORD_SENT_AFTER_S
        for command_id in [command_id for command_id, sent_at in self._sent.items() if sent_at <= before]:
            del self._sent[command_id]
            self._directory.tell("journal", Record(self._pending[command_id].entry()))
        if self._sent:
            self.mailbox.schedule(SENT, RECORD_SENT_AFTER_S, Sent())

    def _reachable(self) -> LinkStatus | None:
        """The link, if it is up. A later `LinkUp` for it skips the commands already sent over it."""
        link = self._link.value
        return link if link.carries and link.server_clock_ms is not None else None

    # 3. The game has answered; the journal stores the result.

    def _on_answer(self, answer: Result | Error) -> None:
        pending = self._in_stage(answer.id or "", Stage.UNDER_WAY)
        if pending is not None:
            error = pending.checked(answer.error, self._link.value)
            self._settle(pending, error, answer if isinstance(answer, Result) else None)

    def _in_stage(self, command_id: str, stage: Stage) -> Pending | None:
        pending = self._pending.get(command_id)
        return pending if pending is not None and pending.stage is stage else None

    def _settle(self, pending: Pending, error: ErrorInfo | None, result: Result | None = None) -> None:
        pending.settle(error, result)
        self.mailbox.cancel(pending.id)
        self._sent.pop(pending.id, None)
        if pending.journaled:
            self._record_result(pending)
        else:
            self._finish(pending)

    def _record_result(self, pending: Pending) -> None:
        replies = tuple(waiter.reply for waiter in pending.waiters)
        self._tell_journal(Record(pending.entry(), replies, pending.outcome()))

    # 4. The callers are answered.

    def _finish(self, pending: Pending) -> None:
        self._pending.pop(pending.id, None)
        self._answer_waiters(pending)

    def _answer_waiters(self, pending: Pending) -> None:
        pending.answer_all()
        self.mailbox.cancel(overdue_key(pending.id))

    # Messages of the journal.

    def _on_journal(self, message: Journaled | NotJournaled | Known | Resumed | JournalUp) -> None:
        match message:
            case Journaled():
                self._on_journaled(message)
            case NotJournaled(command_ids, reason):
                for command_id in command_ids:
                    self._on_not_journaled(command_id, reason)
            case Known(command_id, entry):
                self._on_known(command_id, entry)
            case Resumed(entries):
                self._on_resumed(entries)
            case JournalUp():
                self._on_journal_up()

    def _on_journaled(self, journaled: Journaled) -> None:
        for command_id in journaled.settled:
            if (pending := self._in_stage(command_id, Stage.SETTLED)) is not None:
                self._finish(pending)
        for command_id, known in journaled.accepted:
            if (pending := self._in_stage(command_id, Stage.JOURNALING)) is not None:
                self._on_accepted(pending, known)

    def _tell_journal(self, message: Accept | Record | Look) -> None:
        if not self._directory.tell("journal", message):
            command_id = message.command_id if isinstance(message, Look) else message.entry.id
            self._on_not_journaled(command_id, "the journal actor is not running")

    def _on_not_journaled(self, command_id: str, reason: str) -> None:
        for repeat in self._looked_up.take(command_id):
            repeat.waiter.reply.fail(unavailable(self._link.value))
        pending = self._pending.get(command_id)
        if pending is None:
            return
        if pending.stage is Stage.SETTLED:
            self._answer_waiters(pending)
        elif pending.stage is Stage.JOURNALING and self._options.goes_on:
            self._set_out(pending)
        elif pending.stage is Stage.JOURNALING:
            # The write may have reached the disk despite the error: the caller's answer must replace it there.
            pending.journaled = True
            pending.settle(ErrorInfo(code="unavailable", message=f"the command was not accepted: {reason}"))
            self.mailbox.cancel(command_id)
            self._answer_waiters(pending)

    def _on_journal_up(self) -> None:
        if not self._resumed:
            self._directory.tell("journal", Resume())
        for pending in list(self._pending.values()):
            if pending.stage is Stage.JOURNALING:
                self._tell_journal(Accept(pending.entry()))
            elif pending.stage is Stage.SETTLED:
                self._record_result(pending)
        for command_id in self._looked_up.ids():
            self._tell_journal(Look(command_id))

    # A command is repeated under its id.

    def _join(self, pending: Pending, waiter: Waiter) -> None:
        if pending.stage is Stage.SETTLED and not pending.waiters:
            pending.answer(waiter.reply)
        elif waiter.until_accepted and pending.stage is not Stage.JOURNALING:
            waiter.reply.set(CommandResult(id=pending.id))
        else:
            pending.waiters.append(waiter)
            self._watch_waiters(pending)

    def _look_up(self, command_id: str, repeat: Repeat) -> None:
        self._looked_up.add(command_id, repeat)
        self._watch_repeats(command_id)
        self._tell_journal(Look(command_id))

    def _watch_repeats(self, command_id: str) -> None:
        first = self._looked_up.first_due(command_id)
        if first is not None:
            self.mailbox.schedule(look_key(command_id), first + GRACE_S - time.monotonic(), LookOverdue(command_id))

    def _on_look_overdue(self, command_id: str) -> None:
        for repeat in self._looked_up.take(command_id, time.monotonic() - GRACE_S):
            repeat.waiter.reply.fail(RefusedError("in_doubt", NOT_FOUND.format(command_id)))
        self._watch_repeats(command_id)

    def _on_known(self, command_id: str, entry: JournalEntry | None) -> None:
        for repeat in self._looked_up.take(command_id):
            pending = self._pending.get(command_id)
            if pending is None and entry is not None and entry.settled and not entry.may_be_tried_again:
                pending = Pending.settled(entry)
            try:
                if pending is None:
                    raise unavailable(self._link.value)
                pending.refuse_another(repeat.name, repeat.arguments)
                self._join(pending, repeat.waiter)
            except RefusedError as refused:
                repeat.waiter.reply.fail(refused)

    def _answer_from_journal(self, pending: Pending, known: JournalEntry) -> None:
        """Answer the callers of a command that was executed before, under the same id."""
        recorded = Pending.settled(known)
        try:
            recorded.refuse_another(pending.name, pending.arguments)
        except RefusedError as refused:
            self._refuse(pending, refused)
        else:
            recorded.waiters = pending.waiters
            self.mailbox.cancel(pending.id)
            self._finish(recorded)

    def _refuse(self, pending: Pending, refused: RefusedError) -> None:
        for waiter in pending.take_waiters():
            waiter.reply.fail(refused)
        self.mailbox.cancel(pending.id)
        self._finish(pending)

    # The link is back, or the actor was restarted.

    def _on_link_up(self) -> None:
        for pending in list(self._pending.values()):
            if pending.stage is Stage.UNDER_WAY and pending.epoch != self._link.value.epoch:
                self._advance(pending)

    def _on_resumed(self, entries: tuple[JournalEntry, ...]) -> None:
        self._resumed = True
        for entry in entries:
            waiting = self._pending.get(entry.id)
            if waiting is None or waiting.stage is Stage.JOURNALING:
                self._resume(entry, waiting)

    def _resume(self, entry: JournalEntry, waiting: Pending | None) -> None:
        """Continue a command that an earlier incarnation left unsettled; `waiting` is its repeat, not sent yet."""
        model = COMMANDS.get(entry.name)
        resumed = Pending.resumed(entry, idempotent=model is not None and model.idempotent)
        if waiting is not None:
            try:
                resumed.refuse_another(waiting.name, waiting.arguments)
                resumed.waiters = waiting.waiters
            except RefusedError as refused:
                self._refuse(waiting, refused)
        self._pending[resumed.id] = resumed
        left_s = resumed.left_s()
        self.mailbox.schedule(resumed.id, left_s if left_s > 0 else ASK_AGAIN_S, Due(resumed.id))
        self._watch_waiters(resumed)
        self._set_out(resumed)

    # The answer is late.

    def _on_timer(self, pending: Pending, timer: Due | Overdue) -> None:
        now = time.monotonic()
        if isinstance(timer, Overdue):
            for waiter in pending.take_late(now - GRACE_S):
                pending.answer_late(waiter.reply)
        elif pending.stage is Stage.UNDER_WAY:
            self.mailbox.schedule(pending.id, ASK_AGAIN_S, timer)
            self._advance(pending)
        self._watch_waiters(pending)

    def _watch_waiters(self, pending: Pending) -> None:
        if pending.waiters:
            first = min(waiter.due for waiter in pending.waiters)
            self.mailbox.schedule(overdue_key(pending.id), first + GRACE_S - time.monotonic(), Overdue(pending.id))

    # Stopping.

    def _abandon(self, why: str) -> None:
        for pending in list(self._pending.values()):
            if pending.stage is not Stage.SETTLED:
                pending.abandon(why, journaled=self._options.journaled)
            self._answer_waiters(pending)
        for repeat in self._looked_up.take_all():
            repeat.waiter.reply.fail(RefusedError("unavailable", why))
