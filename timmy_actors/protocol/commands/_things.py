"""How commands name what is in the world: objects by their index, places by coordinates."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import CommandArguments, Coordinate

LARGEST_INT = 2_147_483_647


def _fits_ints(index: str) -> str:
    if any(int(part) > LARGEST_INT for part in index.split("-")):
        raise ValueError('must be a unique index like "12345-0" or "0-17"')
    return index


UniqueIndex = Annotated[str, Field(pattern=r"^[0-9]+-[0-9]+$", max_length=21), AfterValidator(_fits_ints)]
"""An object or actor of a cell, as perception names it: `12345-0` of the data files, `0-17` made on the server."""

Angle = Annotated[float, Field(ge=-360, le=360)]
"""Degrees, clockwise from north for a yaw."""


class OfObject(CommandArguments):
    """A command about an object or actor of a loaded cell; without `cell` the loaded cells are searched."""

    unique_index: UniqueIndex
    cell: Name | None = None


class AtPlace(CommandArguments):
    """A command that puts something somewhere: at `x`, `y`, `z` in `cell`, else where the player stands."""

    cell: Name | None = None
    x: Coordinate | None = None
    y: Coordinate | None = None
    z: Coordinate | None = None
    yaw: Angle | None = None

    @model_validator(mode="after")
    def _whole_place(self) -> AtPlace:
        given = [value is not None for value in (self.x, self.y, self.z)]
        if any(given) and not all(given):
            raise ValueError("give all of x, y and z, or none of them")
        if self.cell is not None and not any(given):
            raise ValueError("give x, y and z in the cell")
        return self
