"""What the player carries and wears."""

from __future__ import annotations

from timmy_actors.protocol._base import Count, Model


class Item(Model):
    """A stack of one kind of thing. A charge of -1 means untouched (full)."""

    ref_id: str
    count: Count
    charge: float = -1
    enchantment_charge: float = -1
    soul: str = ""


class Inventory(Model):
    """What the player carries."""

    items: tuple[Item, ...]
    truncated: bool = False


class Equipment(Model):
    """What the player wears and holds, by slot name (`helmet`, `carried_right`, ...)."""

    slots: dict[str, Item]
