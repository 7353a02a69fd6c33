"""What a player can cast, and what is at work on it. Spells are named by the ids of the data files."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import CommandArguments


class AddSpell(CommandArguments):
    """Teach a player a spell, power or ability; a client ignores an id that its data files don't have."""

    command = "add_spell"
    idempotent = True
    errors = ("no_such_target", "game_refused")
    example = {"spell": "fireball"}

    spell: Name


class RemoveSpell(CommandArguments):
    """Let a player forget a spell that it has."""

    command = "remove_spell"
    idempotent = False
    errors = ("no_such_target", "game_refused")
    example = {"spell": "hearth heal"}

    spell: Name


class ClearSpells(CommandArguments):
    """Let a player forget every spell. Powers and abilities of its race and birthsign stay with its client."""

    command = "clear_spells"
    idempotent = True
    example = {}


class SelectSpell(CommandArguments):
    """Choose the spell that a player casts next, of those that it has. To cast it takes the player's client."""

    command = "select_spell"
    idempotent = True
    errors = ("no_such_target", "game_refused")
    example = {"spell": "hearth heal"}

    spell: Name


class AddEffect(CommandArguments):
    """Put a magic effect on a player for some time, as a spell or potion would; again under one `spell` replaces it.

    `effect` is the game's number (79 is Fortify Attribute). Effects about one attribute or skill need its name, others
    have none. `label` is what the player's client shows, by default the spell's id.
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
    """End what a spell, potion or `add_effect` put on a player."""

    command = "remove_effect"
    idempotent = False
    errors = ("no_such_target", "game_refused")
    example = {"spell": "timmy_light"}
    example_after = (("add_effect", {"spell": "timmy_light", "effect": 41, "magnitude": 10, "duration_s": 60}),)

    spell: Name


COMMANDS = (AddEffect, AddSpell, ClearSpells, RemoveEffect, RemoveSpell, SelectSpell)
