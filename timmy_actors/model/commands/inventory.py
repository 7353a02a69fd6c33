"""What a player carries."""

from __future__ import annotations

from timmy_actors.model._base import Name
from timmy_actors.model.commands._arguments import CommandArguments, ItemCount


class GiveItem(CommandArguments):
    """Put items into a player's inventory."""

    command = "give_item"
    idempotent = False
    errors = ("no_such_target", "game_refused")
    example = {"item": "gold_001", "count": 250}

    item: Name
    count: ItemCount = 1


class TakeItem(CommandArguments):
    """Take items out of a player's inventory; it must hold that many."""

    command = "take_item"
    idempotent = False
    errors = ("no_such_target", "game_refused")
    example = {"item": "gold_001", "count": 5}

    item: Name
    count: ItemCount = 1


COMMANDS = (GiveItem, TakeItem)
