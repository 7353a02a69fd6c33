"""The base class of commands, and the common types of their arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator

from timmy_actors.protocol._base import ErrorCode, Name, Scope, StrictModel
from timmy_actors.protocol.patterns import LABEL, ONE_LINE, PATTERN_WORDS, UNIQUE_INDEX

Slot = Literal[
    "helmet", "cuirass", "greaves", "left_pauldron", "right_pauldron", "left_gauntlet", "right_gauntlet", "boots",
    "shirt", "pants", "skirt", "robe", "left_ring", "right_ring", "amulet", "belt", "carried_right", "carried_left",
    "ammunition",
]  # fmt: skip
"""The engine's equipment slots, by number."""
Weather = Literal["clear", "cloudy", "foggy", "overcast", "rain", "thunder", "ash", "blight", "snow", "blizzard"]
"""The engine's kinds of weather, by number."""
MAX_COORDINATE = 8_000_000.0
"""About 976 exterior cells from the origin: far outside every known map, far inside a float's exact range."""
CELL_SIDE = 8192
"""Of an exterior cell, in game units."""
Coordinate = Annotated[float, Field(ge=-MAX_COORDINATE, le=MAX_COORDINATE)]
ItemCount = Annotated[int, Field(ge=1, le=1_000_000)]
LONGEST_LINE = 1024
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_LINE, pattern=ONE_LINE)]


Label = Annotated[str, Field(min_length=1, max_length=60, pattern=LABEL)]
"""A line that fits on a button; without a `;`, which would split it in two."""
EXAMPLE_PLAYER = "Timmy"
"""The player in the examples: one of the embedded world's."""
EVERY_COMMAND: tuple[ErrorCode, ...] = ("bad_arguments", "no_such_player", "not_logged_in")
"""The errors of every command whose arguments or player are invalid."""


class CommandFields(StrictModel):
    """What a command consists of but its player: its name on the wire, what may be relied on, and its fields."""

    command: ClassVar[str]
    scope: ClassVar[Scope] = "act"
    """What the client's token must allow besides `act`."""
    of_server: ClassVar[bool] = False
    """Whether it works without its player, who need not be in the game then."""
    names_player: ClassVar[bool] = False
    """Whether its `player` must be named, since it acts against that player: no default is taken."""
    idempotent: ClassVar[bool]
    """Whether executing it twice has the same effect as executing it once."""
    errors: ClassVar[tuple[ErrorCode, ...]] = ()
    """The game's errors for it, besides those in `EVERY_COMMAND`."""
    example: ClassVar[Mapping[str, Any]]
    """Arguments that work in a new embedded world, after `example_after`. `player` is Timmy."""
    example_after: ClassVar[tuple[tuple[str, Mapping[str, Any]], ...]] = ()
    """Commands that the example needs first, in order: name and arguments."""


class CommandArguments(CommandFields):
    """The base of every command: its fields, and the player who does it."""

    player: Name

    @classmethod
    def whole_example(cls) -> dict[str, Any]:
        """The example's arguments as in a message."""
        return {"player": EXAMPLE_PLAYER, **cls.example}


LARGEST_INT = 2_147_483_647


def _fits_ints(index: str) -> str:
    if any(int(part) > LARGEST_INT for part in index.split("-")):
        raise ValueError(PATTERN_WORDS[UNIQUE_INDEX])
    return index


UniqueIndex = Annotated[
    str,
    Field(pattern=UNIQUE_INDEX, max_length=21, json_schema_extra={"format": "unique-index"}),
    AfterValidator(_fits_ints),
]
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
