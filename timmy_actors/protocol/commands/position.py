"""A player's position."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import Angle, CommandArguments, Coordinate


class Teleport(CommandArguments):
    """Move a player to a named place, to another player, or to coordinates in a cell.

    `to` is the name of a known place, `to_player` that of a connected player. Otherwise `x`, `y`, `z` are coordinates
    in the interior or exterior `cell`; without a cell they are exterior coordinates.
    """

    command = "teleport"
    idempotent = True
    errors = ("no_such_place", "no_such_cell", "not_permitted", "game_refused")
    example = {"to": "Balmora"}

    to: Name | None = None
    to_player: Name | None = None
    cell: Name | None = None
    x: Coordinate | None = None
    y: Coordinate | None = None
    z: Coordinate | None = None
    yaw: Angle | None = None

    @model_validator(mode="after")
    def _one_destination(self) -> Teleport:
        coordinates = (self.x, self.y, self.z)
        is_located = self.cell is not None or any(value is not None for value in coordinates)
        if sum((self.to is not None, self.to_player is not None, is_located)) > 1:
            raise ValueError("give one of 'to', 'to_player' and coordinates")
        if self.to is None and self.to_player is None and None in coordinates:
            raise ValueError("give 'to' (a place), 'to_player', or all of x, y and z")
        return self


Speed = Annotated[float, Field(ge=-10_000, le=10_000)]


class Push(CommandArguments):
    """Push a player: set its momentum, in game units per second along each axis."""

    command = "push"
    idempotent = False
    example = {"z": 500}

    x: Speed = 0.0
    y: Speed = 0.0
    z: Speed = 0.0


class SetMark(CommandArguments):
    """Set the destination of a player's Recall spell."""

    command = "set_mark"
    idempotent = True
    errors = ("no_such_cell", "game_refused")
    example = {"x": -23894, "y": -15079, "z": 505}

    cell: Name | None = None
    x: Coordinate
    y: Coordinate
    z: Coordinate


COMMANDS = (Push, SetMark, Teleport)
