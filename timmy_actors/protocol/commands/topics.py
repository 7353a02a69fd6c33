"""A player's topics, books, kills and map."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import CELL_SIDE, MAX_COORDINATE, CommandArguments

FARTHEST_CELL = int(MAX_COORDINATE // CELL_SIDE)
GridNumber = Annotated[int, Field(ge=-FARTHEST_CELL, le=FARTHEST_CELL)]


class AddTopic(CommandArguments):
    """Add a dialogue topic for a player; for all players if the server shares topics, as it does by default."""

    command = "add_topic"
    idempotent = True
    errors = ("game_refused",)
    example = {"topic": "background"}

    topic: Name


class AddBook(CommandArguments):
    """Mark a skill book as read by a player: it then teaches nothing."""

    command = "add_book"
    idempotent = True
    errors = ("game_refused",)
    example = {"book": "bookskill_acrobatics2"}

    book: Name


class SetKills(CommandArguments):
    """Set the number of kills of a creature or NPC, which quests check."""

    command = "set_kills"
    idempotent = True
    errors = ("game_refused",)
    example = {"ref_id": "mudcrab", "count": 3}

    ref_id: Name
    count: Annotated[int, Field(ge=0, le=1_000_000)]


class ShowMap(CommandArguments):
    """Show an exterior cell on a player's map; some player must have visited it, so that the server has its picture."""

    command = "show_map"
    idempotent = True
    errors = ("no_such_target", "game_refused")
    example = {"x": -2, "y": -9}

    x: GridNumber
    y: GridNumber


COMMANDS = (AddBook, AddTopic, SetKills, ShowMap)
