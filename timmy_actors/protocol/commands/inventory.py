"""A player's inventory and equipment."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import CommandArguments, ItemCount, Slot


class GiveItem(CommandArguments):
    """Add items to a player's inventory."""

    command = "give_item"
    idempotent = False
    errors = ("no_such_target", "game_refused")
    example = {"item": "gold_001", "count": 250}

    item: Name
    count: ItemCount = 1


class TakeItem(CommandArguments):
    """Remove items from a player's inventory, which must have that many."""

    command = "take_item"
    idempotent = False
    errors = ("no_such_target", "game_refused")
    example = {"item": "gold_001", "count": 5}

    item: Name
    count: ItemCount = 1


class Equip(CommandArguments):
    """Equip an item that a player carries. A client refuses a slot that the item does not fit."""

    command = "equip"
    idempotent = True
    errors = ("no_such_target", "not_permitted", "game_refused")
    example = {"item": "iron dagger", "slot": "carried_right"}

    item: Name
    slot: Slot


class Unequip(CommandArguments):
    """Unequip the item in a player's slot; it stays in the inventory."""

    command = "unequip"
    idempotent = True
    errors = ("game_refused",)
    example = {"slot": "carried_right"}

    slot: Slot


class SetGold(CommandArguments):
    """Set the amount of gold that a player carries."""

    command = "set_gold"
    idempotent = True
    errors = ("game_refused",)
    example = {"amount": 1000}

    amount: Annotated[int, Field(ge=0, le=1_000_000)]


COMMANDS = (Equip, GiveItem, SetGold, TakeItem, Unequip)
