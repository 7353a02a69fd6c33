"""The base class of commands, and the common types of their arguments."""

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
"""A line that fits on a button; without a `;`, which would split it in two."""
EXAMPLE_PLAYER = "Timmy"
"""The player in the examples: one of the embedded world's."""
EVERY_COMMAND: tuple[ErrorCode, ...] = ("bad_arguments", "no_such_player", "not_logged_in")
"""The errors of every command whose arguments or player are invalid."""


class CommandArguments(StrictModel):
    """The base of every command: its name on the wire, and its player."""

    command: ClassVar[str]
    idempotent: ClassVar[bool]
    """Whether executing it twice has the same effect as executing it once."""
    errors: ClassVar[tuple[ErrorCode, ...]] = ()
    """The game's errors for it, besides those in `EVERY_COMMAND`."""
    example: ClassVar[Mapping[str, Any]]
    """Arguments that work in a new embedded world, after `example_after`. `player` is Timmy."""
    example_after: ClassVar[tuple[tuple[str, Mapping[str, Any]], ...]] = ()
    """Commands that the example needs first, in order: name and arguments."""

    player: Name

    @classmethod
    def whole_example(cls) -> dict[str, Any]:
        """The example's arguments as in a message."""
        return {"player": EXAMPLE_PLAYER, **cls.example}


LARGEST_INT = 2_147_483_647


def _fits_ints(index: str) -> str:
    if any(int(part) > LARGEST_INT for part in index.split("-")):
        raise ValueError('must be a unique index like "12345-0" or "0-17"')
    return index


UniqueIndex = Annotated[str, Field(pattern=r"^[0-9]+-[0-9]+$", max_length=21), AfterValidator(_fits_ints)]
"""An object or actor, as in perceptions: `12345-0` from the data files, `0-17` created on the server."""
Angle = Annotated[float, Field(ge=-360, le=360)]
"""Degrees, clockwise from north for a yaw."""


class OfObject(CommandArguments):
    """A command about an object or actor in a loaded cell; without `cell`, the loaded cells are searched."""

    unique_index: UniqueIndex
    cell: Name | None = None


class AtPlace(CommandArguments):
    """A command that places something: at `x`, `y`, `z` in `cell`, else at the player's position."""

    cell: Name | None = None
    x: Coordinate | None = None
    y: Coordinate | None = None
    z: Coordinate | None = None
    yaw: Angle | None = None

    @model_validator(mode="after")
    def _whole_place(self) -> AtPlace:
        is_set = [value is not None for value in (self.x, self.y, self.z)]
        if any(is_set) and not all(is_set):
            raise ValueError("give all of x, y and z, or none of them")
        if self.cell is not None and not any(is_set):
            raise ValueError("give x, y and z in the cell")
        return self
