"""Validates a command's arguments by its name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from timmy_actors.errors import RefusedError
from timmy_actors.protocol._base import MAX_ECHO
from timmy_actors.protocol.commands import COMMANDS, CommandArguments
from timmy_actors.protocol.mistake import Mistake, first_mistake


def parse_command(name: str, arguments: dict[str, Any]) -> CommandArguments:
    """Validate a command by name.

    Raises:
        RefusedError: `unknown_command`, `needs_client_input`, or `bad_arguments` with the invalid field.
    """
    model = COMMANDS.get(name)
    if model is None and name in NEEDS_CLIENT_INPUT:
        raise RefusedError("needs_client_input", guidance(name), "name")
    if model is None:
        raise RefusedError("unknown_command", f"no command {name[:MAX_ECHO]!r}; {_likely(name)}", "name")
    try:
        return model.model_validate(arguments)
    except ValidationError as error:
        mistake = first_mistake(error)
        where = f"{mistake.field}: " if mistake.field else ""
        raise RefusedError("bad_arguments", f"{name}: {where}{_remedy(model, mistake)}", mistake.field) from error


def with_player(name: str, arguments: Mapping[str, Any], player: str | None) -> dict[str, Any]:
    """A command's arguments, with the default player if none is named; one against a player takes no default."""
    model = COMMANDS.get(name)
    if player is None or (model is not None and model.names_player):
        return dict(arguments)
    return {"player": player, **arguments}


def _likely(name: str) -> str:
    near = difflib.get_close_matches(name[:MAX_ECHO], COMMANDS)
    return f"did you mean {' or '.join(near)}?" if near else "'timmy-actors do --help' lists the commands"


def _remedy(model: type[CommandArguments], mistake: Mistake) -> str:
    if mistake.kind != "extra_forbidden":
        return mistake.text
    known = ", ".join(field.alias or name for name, field in model.model_fields.items())
    return f"is no argument of this command; there are: {known}"


def wire_arguments(arguments: CommandArguments) -> dict[str, Any]:
    """The arguments as in a `command` message."""
    return arguments.model_dump(mode="json", by_alias=True, exclude_none=True)


_KEYS = "keys pressed in the player's game window, which the desktop portal can do"
_AIM = "the mouse turned and clicked in the player's game window, which the desktop portal can do"
_BODY = "; or a body of the server's own, driven by an AI package"
_BOX = "the dialogue window of the player's own client, worked with the mouse through the desktop portal"
NEEDS_CLIENT_INPUT: dict[str, str] = {
    "walk": _KEYS + _BODY,
    "run": _KEYS + _BODY,
    "stop_moving": _KEYS + _BODY,
    "swim": _KEYS + _BODY,
    "jump": _KEYS,
    "sneak": _KEYS,
    "turn": _AIM,
    "look": _AIM,
    "attack": _AIM + _BODY,
    "block": _AIM,
    "cast": _AIM,
    "ready_weapon": _KEYS,
    "ready_magic": _KEYS,
    "activate": _AIM + _BODY,
    "open": _AIM,
    "take": _AIM,
    "drop": _AIM,
    "use_item": _AIM,
    "read": _AIM,
    "steal": _AIM,
    "pick_lock": _AIM,
    "rest": _KEYS,
    "wait": _KEYS,
    "talk": _AIM,
    "choose_topic": _BOX,
    "persuade": _BOX,
    "barter": _BOX,
    "travel": _BOX,
    "train": _BOX,
    "repair": _BOX,
    "enchant": _BOX,
}
"""Verbs that a server cannot execute, each with what it would take."""


def guidance(verb: str) -> str:
    """The message of the refusal of such a verb."""
    return f"a server can't {verb.replace('_', ' ')} for a player; it takes {NEEDS_CLIENT_INPUT[verb]}"
