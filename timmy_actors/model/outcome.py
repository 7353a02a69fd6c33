"""What became of a command. Apart from the commands themselves, whose models take longer to load than all the rest."""

from __future__ import annotations

from typing import Any

from timmy_actors.model._base import Count, Model
from timmy_actors.model.error_code import ErrorCode

MAX_ECHO = 100
"""How much of a name that nobody knows is repeated, in characters: it may be anything."""


class ErrorInfo(Model):
    """Why something was declined: a code of the closed list, a sentence of guidance, the field at fault."""

    code: ErrorCode
    message: str
    field: str | None = None


class Revision(Model):
    """A moment in a world's history: when its command of this number was done. What is perceived says up to which."""

    boot: str
    """The game server process that counts: another boot is another history."""
    number: Count


class CommandResult(Model):
    """What became of a command: `value` when it was done, `error` when it was not."""

    id: str
    value: dict[str, Any] | None = None
    error: ErrorInfo | None = None
    revision: Revision | None = None
    """What it produced: `snapshot(after=...)` waits until that is perceived. None where it was not done, and where an
    earlier version's journal says that it was."""

    @property
    def ok(self) -> bool:
        """Whether the command was done."""
        return self.error is None
