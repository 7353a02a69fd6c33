"""A player's spells and active magic effects. Spells are identified by the ids of the data files."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import CommandArguments


class AddSpell(CommandArguments):
    """Add a spell, power or ability to a player's spellbook; a client ignores an id that is not in its data files."""

    command = "add_spell"
    idempotent = True
    errors = ("no_such_target", "game_refused")
    example = {"spell": "fireball"}

    spell: Name


class RemoveSpell(CommandArguments):
    """Remove a spell from a player's spellbook."""

    command = "remove_spell"
    idempotent = False
    errors = ("no_such_target", "game_refused")
    example = {"spell": "hearth heal"}

    spell: Name


class ClearSpells(CommandArguments):
    """Remove all spells from a player's spellbook. Powers and abilities of its race and birthsign stay."""

    command = "clear_spells"
    idempotent = True
    example = {}


class SelectSpell(CommandArguments):
    """Select one of a player's spells to cast next. Casting it requires input in the player's client."""

    command = "select_spell"
    idempotent = True
    errors = ("no_such_target", "game_refused")
    example = {"spell": "hearth heal"}

    spell: Name


class AddEffect(CommandArguments):
    """Apply a magic effect to a player for a time, as a spell or potion would; the same `spell` id replaces it.

    `effect` is the game's number (79 is Fortify Attribute). Effects on one attribute or skill require its name, others
    take none. The player's client shows `label`; default: the spell's id.
    """

    command = "add_effect"
    idempotent = True
    errors = ("game_refused",)
    example = {"spell": "timmy_strength", "effect": 79, "magnitude": 20, "duration_s": 60, "attribute": "Strength"}

    spell: Name
    effect: Annotated[int, Field(ge=0, le=142)]
    magnitude: Annotated[float, Field(ge=0, le=10_000)]
    duration_s: Annotated[float, Field(ge=0.1, le=100_000)]
    label: Name | None = None
    attribute: Name | None = None
    skill: Name | None = None


class RemoveEffect(CommandArguments):
    """End the effects of a spell, potion or `add_effect` on a player."""

    command = "remove_effect"
    idempotent = False
    errors = ("no_such_target", "game_refused")
    example = {"spell": "timmy_light"}
    example_after = (("add_effect", {"spell": "timmy_light", "effect": 41, "magnitude": 10, "duration_s": 60}),)

    spell: Name


COMMANDS = (AddEffect, AddSpell, ClearSpells, RemoveEffect, RemoveSpell, SelectSpell)
