"""The way of a command to the game: out once the link is up, again after a drop, never where that could do it twice."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from timmy_actors.actors.board import Board
from timmy_actors.actors.messages import Do, Record, Transmit
from timmy_actors.actors.pending import Pending, is_overdue
from timmy_actors.errors import Refused
from timmy_actors.link.once import FORGOTTEN, RESTARTED, Next, decide, proves_undone, wire_deadline
from timmy_actors.link.server_clock import ServerClock
from timmy_actors.model.command import ErrorInfo
from timmy_actors.model.health import LinkStatus
from timmy_actors.model.journal import UNDONE_FOR_SURE, JournalEntry
from timmy_actors.model.message import Command
from timmy_actors.supervision import Directory

SENDER = "command"
DEFAULT_REMEMBER_S = 600.0
"""The bridge's own default, for a link that did not say."""
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

    def __init__(self, client: str, directory: Directory, board: Board) -> None:
        self._client = client
        self._directory = directory
        self._board = board
        self._host = _HOST_BOOT.read_text().strip() if _HOST_BOOT.exists() else secrets.token_hex(8)

    def reachable(self) -> LinkStatus | None:
        """The link, if it is up. Whoever is told so later finds what was sent over it meanwhile (`is_out`)."""
        link = self._board.link.value
        return link if link.state == "up" and link.server_clock_ms is not None else None

    def is_out(self, entry: JournalEntry) -> bool:
        """Whether a command was sent over the link that is up now."""
        return entry.epoch == self._board.link.value.epoch

    def unavailable(self) -> Refused:
        """Why nothing can be sent."""
        link = self._board.link.value
        return Refused("unavailable", f"no link to the game: {link.reason or link.state}")

    def entry(self, do: Do, key: str, arguments: dict[str, Any], link: LinkStatus) -> JournalEntry:
        """A command that is accepted now, to be sent over this link."""
        clock = ServerClock(link.server_clock_ms or 0.0)
        return JournalEntry(
            client=self._client,
            id=key,
            name=do.name,
            arguments=arguments,
            state="accepted",
            accepted_at=datetime.now(UTC),
            boot=link.boot or "",
            accepted_ms=clock.deadline(time.monotonic()),
            deadline_ms=clock.deadline(do.due),
            due=do.due,
            host=self._host,
        )

    def advance(self, pending: Pending) -> ErrorInfo | None:
        """Send a command if that can be now; the error where it is over instead."""
        now, link = time.monotonic(), self.reachable()
        overdue = is_overdue(pending.entry, self._host, now)
        if pending.entry.attempts == 0 and overdue:
            return EXPIRED
        if link is None:
            return None
        now_ms = _server_now_ms(link, now)
        step = decide(
            pending.entry,
            boot=link.boot or "",
            now_ms=now_ms,
            remember_s=_remember_s(link),
            idempotent=pending.idempotent,
            overdue=overdue,
        )
        if step is Next.SEND_ANEW:
            left_ms = (pending.entry.due - now) * 1000
            pending.change(boot=link.boot, accepted_ms=int(now_ms), deadline_ms=int(now_ms + left_ms))
        if step in _DOUBTS:
            return _DOUBTS[step]
        self._send(pending, link)
        return None

    def next_look_s(self, entry: JournalEntry) -> float:
        """How long from now a command that is not answered is to be advanced again."""
        now = time.monotonic()
        return ASK_AGAIN_S if is_overdue(entry, self._host, now) else entry.due - now

    def believed(self, entry: JournalEntry, error: ErrorInfo | None) -> ErrorInfo | None:
        """An answer's error, as far as it can be believed."""
        link = self._board.link.value
        now_ms = _server_now_ms(link, time.monotonic())
        if error is None or error.code not in UNDONE_FOR_SURE:
            return error
        if proves_undone(entry, now_ms=now_ms, remember_s=_remember_s(link)):
            return error
        return _DOUBTS[Next.FORGOTTEN]

    def _send(self, pending: Pending, link: LinkStatus) -> None:
        pending.sent(link.epoch)
        entry = pending.entry
        command = Command(
            id=entry.id, name=entry.name, arguments=entry.arguments, deadline=wire_deadline(entry, _remember_s(link))
        )
        self._directory.tell("connection", Transmit(link.epoch, SENDER, command))
        if pending.journaled:
            self._directory.tell("journal", Record(entry))


def _server_now_ms(link: LinkStatus, now: float) -> float:
    return (link.server_clock_ms or 0.0) + now * 1000


def _remember_s(link: LinkStatus) -> float:
    return link.remember_s if link.remember_s is not None else DEFAULT_REMEMBER_S
