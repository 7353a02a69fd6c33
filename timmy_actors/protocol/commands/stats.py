"""A player's stats."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import CommandArguments


class SetStat(CommandArguments):
    """Set an attribute, a skill, `level`, or `health`, `magicka`, `fatigue` (current values) and their `..._base`.

    Attribute and skill names are CoreScripts' (`Strength`, `Longblade`); case does not matter.
    """

    command = "set_stat"
    idempotent = True
    errors = ("game_refused",)
    example = {"stat": "Strength", "value": 60}

    stat: Name
    value: Annotated[float, Field(ge=0, le=100_000)]


COMMANDS = (SetStat,)
