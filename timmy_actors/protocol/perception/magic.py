"""What the player can cast, and what is at work on it."""

from __future__ import annotations

from timmy_actors.protocol._base import Integer, Model


class SpellEffect(Model):
    """One effect of an active spell: the engine's number of it, and what is left of it as the client last said."""

    id: Integer
    magnitude: float = 0
    duration: float = 0
    """Seconds."""
    time_left: float = 0
    """Seconds, counted from `ActiveSpell.since`."""
    argument: Integer = -1
    """The attribute or skill that it is about; -1 for none."""


class ActiveSpell(Model):
    """A spell, potion or enchantment at work on the player."""

    spell: str
    name: str = ""
    effects: tuple[SpellEffect, ...] = ()
    caster: str | None = None
    """A player's name or a record's id; None where nobody said."""
    since: Integer = 0
    """When it began, in seconds since 1970 on the server's clock."""


class Spells(Model):
    """The spellbook, the selected spell, and what is at work on the player."""

    known: tuple[str, ...]
    selected: str | None = None
    active: tuple[ActiveSpell, ...] = ()
    truncated: bool = False
