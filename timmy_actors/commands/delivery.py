"""Effectively once: whether a command that is not answered goes out (again), and what an answer proves. Pure.

Everything is decided on the clock of the server that the command was meant for: it goes on while this host sleeps, and
it is the one by which that server forgets.
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

RESTARTED = "the game server restarted after this was sent: whether it was done cannot be known"
FORGOTTEN = "sent, and not answered within the server's memory of results: whether it was done cannot be known"


class Unanswered(Protocol):
    """A command, as far as these rules go."""

    @property
    def attempts(self) -> int:
        """How often it went out."""

    @property
    def boot(self) -> str:
        """The server process that it was meant for."""

    @property
    def accepted_ms(self) -> int:
        """When it was accepted, on that server's clock."""

    @property
    def deadline_ms(self) -> int:
        """Its deadline, on the same clock."""


class Next(Enum):
    """What becomes of a command that is not answered."""

    SEND = "send it, under the same id and with the same deadline"
    SEND_ANEW = "send it to another server process than before"
    RESTARTED = "in doubt: the server process that may have done it is gone"
    FORGOTTEN = "in doubt: the server may have forgotten it"


def decide(
    command: Unanswered, *, boot: str, now_ms: float, remember_s: float, idempotent: bool, overdue: bool
) -> Next:
    """What to do with an unanswered command, one that was sent or is not `overdue`, now that `boot` can be reached.

    `now_ms` is that server's clock, `overdue` whether the deadline has passed on this host's. A command that may have
    been sent is asked about even past its deadline: the server looks a repeat up before it looks at the deadline, and
    answers `expired` for one that it never did.
    """
    if boot == command.boot:
        return Next.SEND if now_ms - command.accepted_ms < remember_s * 1000 else Next.FORGOTTEN
    if command.attempts == 0 or (idempotent and not overdue):
        return Next.SEND_ANEW
    return Next.RESTARTED


def wire_deadline(command: Unanswered, remember_s: float) -> int:
    """A command's deadline on the wire: never past the server's memory of it, or a late frame could do it twice."""
    return min(command.deadline_ms, command.accepted_ms + int(remember_s * 1000))


def proves_undone(command: Unanswered, *, now_ms: float, remember_s: float) -> bool:
    """Whether the answer `expired` means that it was not done, and not that the server did it and forgot."""
    return command.attempts <= 1 or now_ms - command.accepted_ms < remember_s * 1000


SENDER = "command"
DEFAULT_REMEMBER_S = 600.0
"""The bridge's own default, for a link that did not say."""
SURE_PART = 0.95
"""Of the server's memory this much is relied on: its clock is known to a quarter of a second."""
ASK_AGAIN_S = 5.0
"""How often a server that answers nothing is asked what became of a command whose deadline has passed."""
_HOST_BOOT = Path("/proc/sys/kernel/random/boot_id")
EXPIRED = ErrorInfo(code="expired", message="its deadline passed before it could be sent: it was not done")
_DOUBTS = {
    Next.RESTARTED: ErrorInfo(code="in_doubt", message=RESTARTED),
    Next.FORGOTTEN: ErrorInfo(code="in_doubt", message=FORGOTTEN),
}


class Dispatch:
    """What the command actor knows of the link, and does over it. What is decided is decided in `link.once`."""

    def __init__(self, client: str, directory: Directory, link: SharedValue[LinkStatus]) -> None:
        self._client = client
        self._directory = directory
        self._link = link
        self._host = _HOST_BOOT.read_text().strip() if _HOST_BOOT.exists() else secrets.token_hex(8)

    def reachable(self) -> LinkStatus | None:
        """The link, if it is up. Whoever is told so later finds what was sent over it meanwhile (`is_out`)."""
        link = self._link.value
        return link if link.carries and link.server_clock_ms is not None else None

    def is_out(self, pending: Pending) -> bool:
        """Whether a command was sent over the link that is up now."""
        return pending.epoch == self._link.value.epoch

    def unavailable(self) -> RefusedError:
        """Why nothing can be sent."""
        link = self._link.value
        return RefusedError("unavailable", f"no link to the game: {link.reason or link.state}")

    def accepted(
        self, do: SubmitCommand, key: str, arguments: CommandArguments, given: dict[str, Any], link: LinkStatus
    ) -> Pending:
        """A command that is accepted now, to be sent over this link."""
        clock, due = ServerClock(link.server_clock_ms or 0.0), do.due
        return Pending(
            client=self._client,
            id=key,
            name=do.name,
            arguments=given,
            idempotent=arguments.idempotent,
            boot=link.boot or "",
            accepted_ms=clock.deadline(time.monotonic()),
            deadline_ms=clock.deadline(due),
            due=due,
            host=self._host,
        )

    def advance(self, pending: Pending) -> ErrorInfo | None:
        """Send a command if that can be now; the error where it is over instead."""
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
        if step is Next.SEND_ANEW:
            pending.boot, pending.accepted_ms = link.boot or "", int(now_ms)
            pending.deadline_ms = int(now_ms + left_s * 1000)
        if step in _DOUBTS:
            return _DOUBTS[step]
        self.send(pending, link)
        return None

    def left_s(self, pending: Pending) -> float:
        """How long it is until a command's deadline on this host's clock; that of another boot of it has passed."""
        return pending.due - time.monotonic() if pending.host == self._host else 0.0

    def believed(self, pending: Pending, error: ErrorInfo | None) -> ErrorInfo | None:
        """An answer's error, as far as it can be believed."""
        if error is None or error.code not in UNDONE_FOR_SURE:
            return error
        link = self._link.value
        now_ms = _server_now_ms(link)
        if proves_undone(pending, now_ms=now_ms, remember_s=_remember_s(link)):
            return error
        return _DOUBTS[Next.FORGOTTEN]

    def send(self, pending: Pending, link: LinkStatus) -> None:
        """Send a command over this link, whatever `advance` would say."""
        pending.sent(link.epoch)
        if pending.journaled:
            self._directory.tell("journal", Record(pending.entry()))
        deadline = wire_deadline(pending, _remember_s(link))
        command = Command(id=pending.id, name=pending.name, arguments=pending.arguments, deadline=deadline)
        self._directory.tell("connection", Transmit(link.epoch, SENDER, command))


def _server_now_ms(link: LinkStatus) -> float:
    return (link.server_clock_ms or 0.0) + time.monotonic() * 1000


def _remember_s(link: LinkStatus) -> float:
    return SURE_PART * (link.remember_s if link.remember_s is not None else DEFAULT_REMEMBER_S)
