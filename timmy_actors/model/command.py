"""A command on its way: its arguments checked, and what became of it."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from timmy_actors.errors import Refused
from timmy_actors.model._base import Count, Model, in_words
from timmy_actors.model.client_input import NEEDS_CLIENT_INPUT, guidance
from timmy_actors.model.commands import COMMANDS, CommandArguments
from timmy_actors.model.error_code import ErrorCode

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

MAX_ECHO = 100
"""How much of a name that nobody knows is repeated, in characters: it may be anything."""


class ErrorInfo(Model):
    """Why something was declined: a code of the closed list, a sentence of guidance, the field at fault."""

    code: ErrorCode
    message: str
    field: str | None = None


def parse_command(name: str, arguments: dict[str, Any]) -> CommandArguments:
    """Validate a command by name.

    Raises:
        Refused: `unknown_command`, `needs_client_input`, or `bad_arguments` with the field at fault.
    """
    model = COMMANDS.get(name)
    if model is None and name in NEEDS_CLIENT_INPUT:
        raise Refused("needs_client_input", guidance(name), "name")
    if model is None:
        raise Refused("unknown_command", f"no command {name[:MAX_ECHO]!r}; {_likely(name)}", "name")
    try:
        return model.model_validate(arguments)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])[:MAX_ECHO] or None
        where = f"{field}: " if field else ""
        raise Refused("bad_arguments", f"{name}: {where}{_remedy(model, first)}", field) from error


def _likely(name: str) -> str:
    near = difflib.get_close_matches(name[:MAX_ECHO], COMMANDS)
    return f"did you mean {' or '.join(near)}?" if near else "docs/commands.md lists those there are"


def _remedy(model: type[CommandArguments], error: ErrorDetails) -> str:
    if error["type"] != "extra_forbidden":
        return in_words(error)
    known = ", ".join(field.alias or name for name, field in model.model_fields.items())
    return f"is no argument of this command; there are: {known}"


def wire_arguments(arguments: CommandArguments) -> dict[str, Any]:
    """The arguments as they stand in a `command` message."""
    return arguments.model_dump(mode="json", by_alias=True, exclude_none=True)


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
    """What it produced: `snapshot(after=...)` waits until that is perceived. None where it was not done, and where what
    became of it was looked up in the journal: then it was done some time ago."""

    @property
    def ok(self) -> bool:
        """Whether the command was done."""
        return self.error is None
