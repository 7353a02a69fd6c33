"""What a player carries."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import CommandArguments, ItemCount


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


Slot = Literal[
    "helmet", "cuirass", "greaves", "left_pauldron", "right_pauldron", "left_gauntlet", "right_gauntlet", "boots",
    "shirt", "pants", "skirt", "robe", "left_ring", "right_ring", "amulet", "belt", "carried_right", "carried_left",
    "ammunition",
]  # fmt: skip


class Equip(CommandArguments):
    """Put on or take in hand an item that a player carries. A client refuses a slot that the item does not fit."""

    command = "equip"
    idempotent = True
    errors = ("no_such_target", "not_permitted", "game_refused")
    example = {"item": "iron dagger", "slot": "carried_right"}

    item: Name
    slot: Slot


class Unequip(CommandArguments):
    """Take off what a player wears in a slot; it stays in the inventory."""

    command = "unequip"
    idempotent = True
    errors = ("game_refused",)
    example = {"slot": "carried_right"}

    slot: Slot


class SetGold(CommandArguments):
    """Set how much gold a player carries."""

    command = "set_gold"
    idempotent = True
    errors = ("game_refused",)
    example = {"amount": 1000}

    amount: Annotated[int, Field(ge=0, le=1_000_000)]


COMMANDS = (Equip, GiveItem, SetGold, TakeItem, Unequip)
