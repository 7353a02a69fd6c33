"""Effectively once: whether a command that is not answered goes out (again), and what an answer proves. Pure.

Everything is decided on the clock of the server that the command was meant for: it goes on while this host sleeps, and
it is the one by which that server forgets.
"""

from __future__ import annotations

from enum import Enum
from typing import Protocol

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
