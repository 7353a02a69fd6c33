"""A command's arguments, checked by its name."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from timmy_actors.errors import RefusedError
from timmy_actors.protocol._base import in_words
from timmy_actors.protocol.client_input import NEEDS_CLIENT_INPUT, guidance
from timmy_actors.protocol.commands import COMMANDS, CommandArguments
from timmy_actors.protocol.outcome import MAX_ECHO

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def parse_command(name: str, arguments: dict[str, Any]) -> CommandArguments:
    """Validate a command by name.

    Raises:
        RefusedError: `unknown_command`, `needs_client_input`, or `bad_arguments` with the field at fault.
    """
    model = COMMANDS.get(name)
    if model is None and name in NEEDS_CLIENT_INPUT:
        raise RefusedError("needs_client_input", guidance(name), "name")
    if model is None:
        raise RefusedError("unknown_command", f"no command {name[:MAX_ECHO]!r}; {_likely(name)}", "name")
    try:
        return model.model_validate(arguments)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])[:MAX_ECHO] or None
        where = f"{field}: " if field else ""
        raise RefusedError("bad_arguments", f"{name}: {where}{_remedy(model, first)}", field) from error


def _likely(name: str) -> str:
    near = difflib.get_close_matches(name[:MAX_ECHO], COMMANDS)
    return f"did you mean {' or '.join(near)}?" if near else "'timmy-actors do --help' lists those there are"


def _remedy(model: type[CommandArguments], error: ErrorDetails) -> str:
    if error["type"] != "extra_forbidden":
        return in_words(error)
    known = ", ".join(field.alias or name for name, field in model.model_fields.items())
    return f"is no argument of this command; there are: {known}"


def wire_arguments(arguments: CommandArguments) -> dict[str, Any]:
    """The arguments as they stand in a `command` message."""
    return arguments.model_dump(mode="json", by_alias=True, exclude_none=True)
