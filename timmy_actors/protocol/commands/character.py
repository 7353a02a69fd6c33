"""A player's class, race, name and birthsign."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import CommandArguments, Label, Text


class SetClass(CommandArguments):
    """Set a player's class to one of the game's own."""

    command = "set_class"
    idempotent = True
    errors = ("game_refused",)
    example = {"class": "Warrior"}

    character_class: Annotated[Name, Field(alias="class")]


class SetRace(CommandArguments):
    """Set a player's race to one of the ten; head and hair default to ones that fit."""

    command = "set_race"
    idempotent = True
    errors = ("game_refused",)
    example = {"race": "Nord", "gender": "male"}

    race: Name
    gender: Literal["male", "female"] | None = None
    head: Name | None = None
    hair: Name | None = None


class SetName(CommandArguments):
    """Change the name shown above a player, until it leaves. Its account's name does not change.

    A name that differs from another connected player's only by spaces is refused.
    """

    command = "set_name"
    idempotent = True
    example = {"name": "Nerevarine"}

    name: Name


class SetBirthsign(CommandArguments):
    """Set a player's birthsign to one of the thirteen, by its id (`Fay`, `Warwyrd`)."""

    command = "set_birthsign"
    idempotent = True
    errors = ("game_refused",)
    example = {"birthsign": "Fay"}

    birthsign: Name


class SetCustomClass(CommandArguments):
    """Give a player a custom class: two attributes, five major and five minor skills, each once."""

    command = "set_custom_class"
    idempotent = True
    errors = ("game_refused",)
    example = {
        "name": "Agent of Fate",
        "specialization": "stealth",
        "attributes": ["Agility", "Luck"],
        "major_skills": ["Sneak", "Marksman", "Acrobatics", "Security", "Lightarmor"],
        "minor_skills": ["Speechcraft", "Mercantile", "Alchemy", "Illusion", "Shortblade"],
    }

    name: Label
    specialization: Literal["combat", "magic", "stealth"]
    attributes: Annotated[tuple[Name, ...], Field(min_length=2, max_length=2)]
    major_skills: Annotated[tuple[Name, ...], Field(min_length=5, max_length=5)]
    minor_skills: Annotated[tuple[Name, ...], Field(min_length=5, max_length=5)]
    description: Text | None = None


COMMANDS = (SetBirthsign, SetClass, SetCustomClass, SetName, SetRace)
