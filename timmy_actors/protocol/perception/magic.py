"""The player's spells and active magic effects."""

from __future__ import annotations

from timmy_actors.protocol._base import Integer, Model


class SpellEffect(Model):
    """One effect of an active spell: the engine's number of it, and its state in the client's last report."""

    id: Integer
    magnitude: float = 0
    duration: float = 0
    """Seconds."""
    time_left: float = 0
    """Seconds, counted from `ActiveSpell.since`."""
    argument: Integer = -1
    """The attribute or skill that it affects; -1: none."""


class ActiveSpell(Model):
    """A spell, potion or enchantment that affects the player."""

    spell: str
    name: str = ""
    effects: tuple[SpellEffect, ...] = ()
    caster: str | None = None
    """A player's name or a record's id; None if unknown."""
    since: Integer = 0
    """When it started, in seconds since 1970 on the server's clock."""


class Spells(Model):
    """The player's spellbook, selected spell and active spells."""

    known: tuple[str, ...]
    selected: str | None = None
    active: tuple[ActiveSpell, ...] = ()
    truncated: bool = False
    names: dict[str, str] | None = None
    """The names of the known spells by id, from the game's data files, as far as they are known."""
