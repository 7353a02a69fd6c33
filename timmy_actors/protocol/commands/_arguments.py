"""What the commands share: their base, and the kinds of their arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, model_validator

from timmy_actors.protocol._base import ONE_LINE, ErrorCode, Name, StrictModel

MAX_COORDINATE = 8_000_000.0
"""About 976 exterior cells from the origin: far outside every known map, far inside a float's exact range."""
Coordinate = Annotated[float, Field(ge=-MAX_COORDINATE, le=MAX_COORDINATE)]
ItemCount = Annotated[int, Field(ge=1, le=1_000_000)]
Text = Annotated[str, Field(min_length=1, max_length=1024, pattern=ONE_LINE)]


def _one_label(label: str) -> str:
    if ";" in label:
        raise ValueError("must have no ';' in it")
    return label


Label = Annotated[str, Field(min_length=1, max_length=60, pattern=ONE_LINE), AfterValidator(_one_label)]
"""A line that fits on a button, and has no sign in it that would make two of it."""
EXAMPLE_PLAYER = "Timmy"
"""Who the examples are about: a player of the embedded world."""
EVERY_COMMAND: tuple[ErrorCode, ...] = ("bad_arguments", "no_such_player", "not_logged_in")
"""What every command is declined with where its arguments or its player are not right."""


class CommandArguments(StrictModel):
    """What every command has: a name on the wire, and the player it is about."""

    command: ClassVar[str]
    idempotent: ClassVar[bool]
    """Whether doing it twice is the same as doing it once."""
    errors: ClassVar[tuple[ErrorCode, ...]] = ()
    """What it can be declined with by the game's side, beside what every command can: `EVERY_COMMAND`."""
    example: ClassVar[Mapping[str, Any]]
    """Arguments that work in the embedded world as it starts, once `example_after` is done. `player` is Timmy."""
    example_after: ClassVar[tuple[tuple[str, Mapping[str, Any]], ...]] = ()
    """Commands that make the example possible, in order: name and arguments."""

    player: Name

    @classmethod
    def whole_example(cls) -> dict[str, Any]:
        """The example's arguments as they stand in a message."""
        return {"player": EXAMPLE_PLAYER, **cls.example}


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
