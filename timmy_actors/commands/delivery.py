"""The rules of effectively-once delivery: when to send an unanswered command (again), and what an answer proves. Pure.

They use the clock of the server that the command was addressed to: it advances while this host is suspended, and the
server discards remembered results by it.
"""

from __future__ import annotations

import time
from enum import Enum
from typing import Protocol

from timmy_actors.errors import RefusedError
from timmy_actors.protocol import ErrorInfo, LinkStatus

RESTARTED = "the game server restarted after the command was sent: whether it was executed is unknown"
FORGOTTEN = "sent, but not answered while the server remembers results: whether it was executed is unknown"

DEFAULT_REMEMBER_S = 600.0
"""The bridge's own default, used if the welcome does not state a value."""
MEMORY_SAFETY_FACTOR = 0.95
"""The share of the server's memory that is relied on: its clock is known only to a quarter of a second."""


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


DOUBTS = {
    Next.RESTARTED: ErrorInfo(code="in_doubt", message=RESTARTED),
    Next.FORGOTTEN: ErrorInfo(code="in_doubt", message=FORGOTTEN),
}
"""The errors of commands that are not sent any more."""


def server_now_ms(link: LinkStatus) -> float:
    """The clock of the link's server, in milliseconds."""
    return (link.server_clock_ms or 0.0) + time.monotonic() * 1000


def remember_s(link: LinkStatus) -> float:
    """How long the link's server certainly remembers a command's result."""
    return MEMORY_SAFETY_FACTOR * (link.remember_s if link.remember_s is not None else DEFAULT_REMEMBER_S)


def unavailable(link: LinkStatus) -> RefusedError:
    """The refusal of a command that the link cannot carry."""
    return RefusedError("unavailable", f"no link to the game: {link.reason or link.state}")
