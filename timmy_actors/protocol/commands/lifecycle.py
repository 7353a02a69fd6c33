"""Jail, resurrection and disconnection of a player."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from timmy_actors.protocol.commands._arguments import CommandArguments, Text


class Jail(CommandArguments):
    """Jail a player for a number of days of the game.

    `stay`: at its position instead of the nearest prison. `keep_skills`: without losing skill points. `text` is shown
    to it at the end.
    """

    command = "jail"
    names_player = True
    idempotent = False
    example = {"days": 3}

    days: Annotated[int, Field(ge=1, le=365)]
    stay: bool = False
    keep_skills: bool = False
    text: Text | None = None


class Resurrect(CommandArguments):
    """Resurrect a dead player, where it lies or at the nearest shrine; the server's own resurrection is cancelled."""

    command = "resurrect"
    idempotent = False
    errors = ("game_refused",)
    example = {"at": "here"}
    example_after = (("set_stat", {"stat": "health", "value": 0}),)

    at: Literal["here", "imperial_shrine", "tribunal_temple"] = "here"


class Kick(CommandArguments):
    """Disconnect a player, also one who is not logged in yet. Its state is saved; `reason` is its last line of chat."""

    command = "kick"
    names_player = True
    of_server = True
    idempotent = False
    example = {"reason": "The server goes down for repairs."}

    reason: Text | None = None


COMMANDS = (Jail, Kick, Resurrect)
