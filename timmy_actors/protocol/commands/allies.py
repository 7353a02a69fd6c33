"""Alliances between players."""

from __future__ import annotations

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import CommandArguments


class SetAlly(CommandArguments):
    """Make two players allies, or end it (`allied=False`): allies' companions and summons do not attack each other."""

    command = "set_ally"
    idempotent = True
    errors = ("game_refused",)
    example = {"other": "Jiub"}

    other: Name
    allied: bool = True


COMMANDS = (SetAlly,)
