"""The timers of pending commands: their periods, messages and keys."""

from __future__ import annotations

from dataclasses import dataclass

GRACE_S = 1.0
"""How long past the deadline an answer is awaited: the server drops late commands, but its answer needs time."""
RECORD_SENT_AFTER_S = 0.005
"""How long after its sending an unanswered command is journaled as sent, at most twice that. One that
is answered sooner is written once less: a successor assumes of every unsettled command that it may have been sent."""
ASK_AGAIN_S = 5.0
"""How often an unanswered command is sent again once its deadline has passed."""


@dataclass(frozen=True)
class Due:
    """A command's deadline has passed, or it is due to be sent again. Its key is the command's id."""

    command_id: str


@dataclass(frozen=True)
class Sent:
    """Commands that were sent are perhaps still unanswered; the journal shows that."""


SENT = "\nsent"  # an id cannot contain a line break
"""The key of `Sent`."""


@dataclass(frozen=True)
class Overdue:
    """A waiter's deadline and the grace period have passed."""

    command_id: str


@dataclass(frozen=True)
class LookOverdue:
    """The deadline of a repeat, and the grace period, have passed before the journal has answered what it knows."""

    command_id: str


def overdue_key(command_id: str) -> str:
    """The key of a command's `Overdue`."""
    return f"{command_id}\n"  # an id cannot contain a line break


def look_key(command_id: str) -> str:
    """The key of a command's `LookOverdue`."""
    return f"{command_id}\nlook"
