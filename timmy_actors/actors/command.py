"""The commands: each validated, sent under the current epoch, and answered exactly once to whoever gave it."""

from __future__ import annotations

import itertools
import secrets
import time
from dataclasses import dataclass
from typing import Any

from timmy_actors.actors.board import Board
from timmy_actors.actors.messages import Do, LinkDown, LinkUp, Received, Transmit
from timmy_actors.errors import Refused
from timmy_actors.link.server_clock import ServerClock
from timmy_actors.model.command import CommandResult, parse_command, wire_arguments
from timmy_actors.model.commands import CommandArguments
from timmy_actors.model.message import Command, Error, Result
from timmy_actors.supervision import DEFERRED, Actor, Directory, Reply

NAME = "command"
MAX_PENDING = 1_000
"""Commands on their way at once; more are refused as `overloaded`."""
GRACE_S = 1.0
"""How long past its deadline an answer may still arrive: the server drops late commands, but its word needs time."""


@dataclass
class _Pending:
    arguments: CommandArguments
    reply: Reply
    deadline: float
    boot: str


@dataclass(frozen=True)
class _Overdue:
    key: str


class CommandActor(Actor):
    """What was sent when the link dropped goes out again under the same id, which the server answers from memory.

    Where the server itself restarted, only what is idempotent goes out again; the rest is `in_doubt`, and reported.
    """

    def __init__(self, *, directory: Directory, board: Board) -> None:
        super().__init__()
        self._directory = directory
        self._board = board
        self._pending: dict[str, _Pending] = {}
        self._link: LinkUp | None = None
        self._incarnation = secrets.token_hex(8)
        """The server remembers ids across our restarts: those of two incarnations must differ."""
        self._ids = itertools.count(1)

    def on_start(self) -> None:
        """Ask the connection's status if there is a link already: an earlier incarnation had been told of it."""
        link = self._board.link.value
        if link.carries and link.boot is not None:
            self._link = LinkUp(link.epoch, link.boot)

    def on_receive(self, message: Any) -> Any:
        """Take commands, follow the link, pass results on."""
        match message:
            case Do():
                return self._do(message)
            case Received(_, Result() as result):
                self._on_result(result)
            case Received(_, Error() as error):
                self._settle(error.id, Refused(error.error.code, error.error.message, error.error.field))
            case LinkUp():
                self._on_link_up(message)
            case LinkDown(epoch) if self._link is not None and epoch == self._link.epoch:
                self._link = None
            case _Overdue(key):
                self._settle(key, Refused("in_doubt", "sent, but no answer came before the deadline"))
        return None

    def on_stop(self) -> None:
        """Leave nobody waiting."""
        self._abandon("the daemon is stopping")

    def on_failure(self, *_: object) -> None:
        """The same."""
        self._abandon("the command actor failed")

    def _do(self, do: Do) -> object:
        arguments = parse_command(do.name, do.arguments)
        if self._link is None:
            reason = self._board.link.value.reason or self._board.link.value.state
            raise Refused("unavailable", f"no link to the game: {reason}")
        if len(self._pending) >= MAX_PENDING:
            raise Refused("overloaded", f"{MAX_PENDING} commands are on their way already")
        key = do.id if do.id is not None else f"{self._incarnation}-{next(self._ids)}"
        if key in self._pending:
            raise Refused("bad_arguments", f"a command with the id {key!r} is on its way", "command_id")
        deadline = time.monotonic() + do.timeout_s
        self._pending[key] = _Pending(arguments, self.take_reply(), deadline, self._link.boot)
        self.mailbox.schedule(key, do.timeout_s + GRACE_S, _Overdue(key))
        self._send(key)
        return DEFERRED

    def _send(self, key: str) -> None:
        pending, link, offset_ms = self._pending[key], self._link, self._board.link.value.server_clock_ms
        if link is None or offset_ms is None:
            return
        command = Command(
            id=key,
            name=pending.arguments.command,
            arguments=wire_arguments(pending.arguments),
            deadline=ServerClock(offset_ms).deadline(pending.deadline),
        )
        self._directory.tell("connection", Transmit(link.epoch, NAME, command))

    def _on_result(self, result: Result) -> None:
        if result.error is None:
            self._settle(result.id, CommandResult(id=result.id, value=result.value))
        else:
            self._settle(result.id, Refused(result.error.code, result.error.message, result.error.field))

    def _on_link_up(self, link: LinkUp) -> None:
        self._link = link
        for key, pending in list(self._pending.items()):
            if pending.boot == link.boot or pending.arguments.idempotent:
                pending.boot = link.boot
                self._send(key)
            else:
                self._settle(key, Refused("in_doubt", "the game server restarted after this was sent"))

    def _settle(self, key: str | None, outcome: CommandResult | Refused) -> None:
        pending = self._pending.pop(key, None) if key is not None else None
        if key is None or pending is None:
            return
        self.mailbox.cancel(key)
        if isinstance(outcome, Refused):
            pending.reply.fail(outcome)
        else:
            pending.reply.set(outcome)

    def _abandon(self, why: str) -> None:
        for key in list(self._pending):
            self._settle(key, Refused("in_doubt", f"sent, but not answered: {why}"))
