"""The player's inventory and equipment."""

from __future__ import annotations

from timmy_actors.protocol._base import Count, Model


class Item(Model):
    """A stack of one item. A charge of -1 means full."""

    ref_id: str
    count: Count
    charge: float = -1
    enchantment_charge: float = -1
    soul: str = ""
    name: str | None = None
    """From the game's data files, as far as they are known."""


class Inventory(Model):
    """The items that the player carries."""

    items: tuple[Item, ...]
    truncated: bool = False


class Equipment(Model):
    """The items that the player wears and holds, by slot name (`helmet`, `carried_right`, ...)."""

    slots: dict[str, Item]
