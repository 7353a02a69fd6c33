"""What befalls a player."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from timmy_actors.protocol.commands._arguments import CommandArguments, Text


class Jail(CommandArguments):
    """Send a player to jail for some days of the game.

    `stay`: where it is instead of in the nearest prison. `keep_skills`: its skills don't suffer. `text` is what it
    reads at the end.
    """

    command = "jail"
    idempotent = False
    example = {"days": 3}

    days: Annotated[int, Field(ge=1, le=365)]
    stay: bool = False
    keep_skills: bool = False
    text: Text | None = None


class Resurrect(CommandArguments):
    """Bring a dead player back to life, where it lies or at the nearest shrine; the server then leaves it alone."""

    command = "resurrect"
    idempotent = False
    errors = ("game_refused",)
    example = {"at": "here"}
    example_after = (("set_stat", {"stat": "health", "value": 0}),)

    at: Literal["here", "imperial_shrine", "tribunal_temple"] = "here"


class Kick(CommandArguments):
    """Throw a player out of the game, saved as it was. `reason` is a last line in its chat window."""

    command = "kick"
    idempotent = False
    example = {"reason": "The server goes down for repairs."}

    reason: Text | None = None


COMMANDS = (Jail, Kick, Resurrect)
