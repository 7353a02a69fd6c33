"""Who a player is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from timmy_actors.model._base import Name
from timmy_actors.model.commands._arguments import CommandArguments


class SetClass(CommandArguments):
    """Give a player one of the game's own classes."""

    command = "set_class"
    idempotent = True
    errors = ("game_refused",)
    example = {"class": "Warrior"}

    character_class: Annotated[Name, Field(alias="class")]


class SetRace(CommandArguments):
    """Give a player one of the ten races, with a head and hair that fit unless they are named."""

    command = "set_race"
    idempotent = True
    errors = ("game_refused",)
    example = {"race": "Nord", "gender": "male"}

    race: Name
    gender: Literal["male", "female"] | None = None
    head: Name | None = None
    hair: Name | None = None


COMMANDS = (SetClass, SetRace)
