"""What the commands share: their base, and the kinds of their arguments."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from timmy_actors.model._base import ONE_LINE, Name, StrictModel

MAX_COORDINATE = 8_000_000.0
"""About 976 exterior cells from the origin: far outside every known map, far inside a float's exact range."""

Coordinate = Annotated[float, Field(ge=-MAX_COORDINATE, le=MAX_COORDINATE)]
ItemCount = Annotated[int, Field(ge=1, le=1_000_000)]
Text = Annotated[str, Field(min_length=1, max_length=1024, pattern=ONE_LINE)]


class CommandArguments(StrictModel):
    """What every command has: a name on the wire, and the player it is about."""

    command: ClassVar[str]
    idempotent: ClassVar[bool]
    """Whether doing it twice is the same as doing it once."""

    player: Name
