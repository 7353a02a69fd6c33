"""Who stands with whom."""

from __future__ import annotations

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import CommandArguments


class SetAlly(CommandArguments):
    """Make two players allies, or no longer (`allied=False`): allies' companions and summons leave each other alone."""

    command = "set_ally"
    idempotent = True
    errors = ("game_refused",)
    example = {"other": "Jiub"}

    other: Name
    allied: bool = True


COMMANDS = (SetAlly,)
