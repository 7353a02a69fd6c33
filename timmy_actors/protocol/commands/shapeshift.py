"""A player's scale and shape."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import CommandArguments


class SetScale(CommandArguments):
    """Scale a player; 1 is its original size."""

    command = "set_scale"
    idempotent = True
    errors = ("game_refused",)
    example = {"scale": 1.5}

    scale: Annotated[float, Field(ge=0.1, le=10)]


class SetWerewolf(CommandArguments):
    """Turn a player into a werewolf, or back."""

    command = "set_werewolf"
    idempotent = True
    errors = ("game_refused",)
    example = {"werewolf": True}

    werewolf: bool


class SetCreature(CommandArguments):
    """Show a player to others as a creature, with its name if `show_name`; without `creature`, as itself."""

    command = "set_creature"
    idempotent = True
    errors = ("game_refused",)
    example = {"creature": "rat"}

    creature: Name | None = None
    show_name: bool = False


COMMANDS = (SetCreature, SetScale, SetWerewolf)
