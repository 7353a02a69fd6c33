"""Where a player is."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from timmy_actors.model._base import Name
from timmy_actors.model.commands._arguments import CommandArguments, Coordinate


class Teleport(CommandArguments):
    """Move a player to a named place, or to coordinates in a cell.

    `to` names a place of the gazetteer. Else `x`, `y`, `z` say where, in the interior or exterior `cell`; without a
    cell they are exterior coordinates.
    """

    command = "teleport"
    idempotent = True
    errors = ("no_such_place", "no_such_cell", "not_permitted")
    example = {"to": "Balmora"}

    to: Name | None = None
    cell: Name | None = None
    x: Coordinate | None = None
    y: Coordinate | None = None
    z: Coordinate | None = None
    yaw: Annotated[float, Field(ge=-360, le=360)] | None = None

    @model_validator(mode="after")
    def _one_destination(self) -> Teleport:
        coordinates = (self.x, self.y, self.z)
        if self.to is not None:
            if self.cell is not None or any(value is not None for value in coordinates):
                raise ValueError("give either 'to' or coordinates, not both")
        elif any(value is None for value in coordinates):
            raise ValueError("give 'to' (a place) or all of x, y and z")
        return self


COMMANDS = (Teleport,)
