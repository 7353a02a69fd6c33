"""Effectively-once delivery: when to send an unanswered command (again), and what an answer proves.

The rules use the clock of the server that the command was addressed to: it advances while this host is suspended, and
the server discards remembered results by it.
"""

from __future__ import annotations

import secrets
import time
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

from timmy_actors.commands.messages import SubmitCommand
from timmy_actors.commands.pending import Pending
from timmy_actors.errors import RefusedError
from timmy_actors.journal import Record
from timmy_actors.link import ServerClock, Transmit
from timmy_actors.protocol import UNDONE_FOR_SURE, Command, CommandArguments, ErrorInfo, LinkStatus
from timmy_actors.supervision import Directory, SharedValue

RESTARTED = "the game server restarted after the command was sent: whether it was executed is unknown"
FORGOTTEN = "sent, but not answered while the server remembers results: whether it was executed is unknown"


SENDER = "command"
DEFAULT_REMEMBER_S = 600.0
"""The bridge's own default, used if the welcome does not state a value."""
MEMORY_SAFETY_FACTOR = 0.95
"""The share of the server's memory that is relied on: its clock is known only to a quarter of a second."""
ASK_AGAIN_S = 5.0
"""How often an unanswered command is sent again once its deadline has passed."""
_HOST_BOOT = Path("/proc/sys/kernel/random/boot_id")
EXPIRED = ErrorInfo(code="expired", message="the deadline passed before the command could be sent: it was not executed")


class Unanswered(Protocol):
    """The properties of a command that the rules use."""

    @property
    def attempts(self) -> int:
        """How often it was sent."""

    @property
    def boot(self) -> str:
        """The server process that it was addressed to."""

    @property
    def accepted_ms(self) -> int:
        """When it was accepted, on that server's clock."""

    @property
    def deadline_ms(self) -> int:
        """Its deadline, on the same clock."""


class Next(Enum):
    """What to do with an unanswered command."""

    SEND = "send it under the same id and with the same deadline"
    READDRESS = "send it to the new server process"
    RESTARTED = "in doubt: the server process that may have executed it has ended"
    FORGOTTEN = "in doubt: the server may have forgotten it"


def decide(
    command: Unanswered, *, boot: str, now_ms: float, remember_s: float, idempotent: bool, overdue: bool
) -> Next:
    """What to do with an unanswered command that was sent or is not `overdue` while the server `boot` is reachable.

    `now_ms` is that server's clock; `overdue` is whether the deadline has passed on this host's clock. A command that
    may have been sent is sent again even past its deadline: the server looks up a repeated id before it checks the
    deadline, and answers `expired` if it never executed the command.
    """
    if boot == command.boot:
        return Next.SEND if now_ms - command.accepted_ms < remember_s * 1000 else Next.FORGOTTEN
    if command.attempts == 0 or (idempotent and not overdue):
        return Next.READDRESS
    return Next.RESTARTED


def wire_deadline(command: Unanswered, remember_s: float) -> int:
    """A command's deadline on the wire: within the server's memory of its id, so that no late frame repeats it."""
    return min(command.deadline_ms, command.accepted_ms + int(remember_s * 1000))


def proves_undone(command: Unanswered, *, now_ms: float, remember_s: float) -> bool:
    """Whether the answer `expired` proves that the server never executed the command, rather than forgot it."""
    return command.attempts <= 1 or now_ms - command.accepted_ms < remember_s * 1000


_DOUBTS = {
    Next.RESTARTED: ErrorInfo(code="in_doubt", message=RESTARTED),
    Next.FORGOTTEN: ErrorInfo(code="in_doubt", message=FORGOTTEN),
}


class Dispatch:
    """Sends commands over the link; `decide` and the other pure functions above hold the rules."""

    def __init__(self, client: str, directory: Directory, link: SharedValue[LinkStatus]) -> None:
        self._client = client
        self._directory = directory
        self._link = link
        self._host = _HOST_BOOT.read_text().strip() if _HOST_BOOT.exists() else secrets.token_hex(8)

    def reachable(self) -> LinkStatus | None:
        """The link, if it is up. A later `LinkUp` for it skips the commands already sent over it (`is_out`)."""
        link = self._link.value
        return link if link.carries and link.server_clock_ms is not None else None

    def is_out(self, pending: Pending) -> bool:
        """Whether a command was sent over the link that is up now."""
        return pending.epoch == self._link.value.epoch

    def unavailable(self) -> RefusedError:
        """The error for a command that cannot be sent because the link is down."""
        link = self._link.value
        return RefusedError("unavailable", f"no link to the game: {link.reason or link.state}")

    def accepted(
        self, request: SubmitCommand, key: str, arguments: CommandArguments, wired: dict[str, Any], link: LinkStatus
    ) -> Pending:
        """A command accepted now, to be sent over this link. `wired` are its arguments as sent."""
        clock, due = ServerClock(link.server_clock_ms or 0.0), request.due
        return Pending(
            client=self._client,
            id=key,
            name=request.name,
            arguments=wired,
            idempotent=arguments.idempotent,
            boot=link.boot or "",
            accepted_ms=clock.deadline(time.monotonic()),
            deadline_ms=clock.deadline(due),
            due=due,
            host=self._host,
        )

    def advance(self, pending: Pending) -> ErrorInfo | None:
        """Send a command if possible. Returns its error if it is settled instead."""
        link, left_s = self.reachable(), self.left_s(pending)
        overdue = left_s <= 0
        if pending.attempts == 0 and overdue:
            return EXPIRED
        if link is None:
            return None
        now_ms = _server_now_ms(link)
        step = decide(
            pending,
            boot=link.boot or "",
            now_ms=now_ms,
            remember_s=_remember_s(link),
            idempotent=pending.idempotent,
            overdue=overdue,
        )
        if step is Next.READDRESS:
            pending.boot, pending.accepted_ms = link.boot or "", int(now_ms)
            pending.deadline_ms = int(now_ms + left_s * 1000)
        if step in _DOUBTS:
            return _DOUBTS[step]
        self.send(pending, link)
        return None

    def left_s(self, pending: Pending) -> float:
        """Seconds until a command's deadline on this host's clock; 0 if the host has rebooted since."""
        return pending.due - time.monotonic() if pending.host == self._host else 0.0

    def checked_error(self, pending: Pending, error: ErrorInfo | None) -> ErrorInfo | None:
        """An answer's error, or `in_doubt` where the answer does not prove that the command was not executed."""
        if error is None or error.code not in UNDONE_FOR_SURE:
            return error
        link = self._link.value
        now_ms = _server_now_ms(link)
        if proves_undone(pending, now_ms=now_ms, remember_s=_remember_s(link)):
            return error
        return _DOUBTS[Next.FORGOTTEN]

    def send(self, pending: Pending, link: LinkStatus) -> None:
        """Send a command over this link without the checks of `advance`."""
        pending.sent(link.epoch)
        if pending.journaled:
            self._directory.tell("journal", Record(pending.entry()))
        deadline = wire_deadline(pending, _remember_s(link))
        command = Command(id=pending.id, name=pending.name, arguments=pending.arguments, deadline=deadline)
        self._directory.tell("connection", Transmit(link.epoch, SENDER, command))


def _server_now_ms(link: LinkStatus) -> float:
    return (link.server_clock_ms or 0.0) + time.monotonic() * 1000


def _remember_s(link: LinkStatus) -> float:
    return MEMORY_SAFETY_FACTOR * (link.remember_s if link.remember_s is not None else DEFAULT_REMEMBER_S)
