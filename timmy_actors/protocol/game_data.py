"""What the game's own data files say: descriptions, matches, routes and terrain, and the requests for them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from timmy_actors.protocol._base import Integer, Model, Name, RequestId, StrictModel

MAX_MATCHES = 100
MAX_TERRAIN_RADIUS = 4
"""The most cells on each side of the middle one: 81 cells, about 100 KB of JSON."""
TERRAIN_SIDE = 16
"""Heights along a side of a cell, 512 game units apart."""
CELL_LIMIT = 1_000
"""No exterior cell has a larger number: positions are within 10 million game units of the middle."""
SearchText = Annotated[str, Field(min_length=1, max_length=256)]
Coordinate = Annotated[float, Field(ge=-1e7, le=1e7)]
CellNumber = Annotated[Integer, Field(ge=-CELL_LIMIT, le=CELL_LIMIT)]
TerrainRadius = Annotated[Integer, Field(ge=0, le=MAX_TERRAIN_RADIUS)]


class Spot(Model):
    """A position in a cell: `"-3, -2"` for an exterior, the name of an interior."""

    cell: str
    x: float
    y: float
    z: float


class Placed(Spot):
    """Where the data files put a thing or a person; the game may have moved it since."""

    unique_index: str
    owner: str | None = None
    """The person or faction that it belongs to, by name."""


class Passage(Spot):
    """A door to another cell."""

    unique_index: str
    to: str


class Description(Model):
    """A record of the data files: a thing, a person, a quest, a place, a rule."""

    id: str
    kind: str
    name: str | None = None
    file: str
    """The last file that has it."""
    text: str | None = None
    """A book's text, or what the game says about a class, a skill, a magic effect."""
    fields: dict[str, Any] = Field(default_factory=dict)
    """Its numbers and further texts."""
    stages: dict[str, str] = Field(default_factory=dict)
    """A quest's texts in the journal, by index."""
    places: tuple[Placed, ...] = ()
    doors: tuple[Passage, ...] = ()
    """A cell's doors to other cells."""


class Match(Model):
    """A record that was looked up."""

    id: str
    kind: str
    name: str | None = None


class Matches(Model):
    """Records whose name or id contains a text: exact ones first, then those that begin with it."""

    matches: tuple[Match, ...]
    truncated: bool = False


class Waypoint(Spot):
    """A point of a route."""

    distance: float
    """From the point before, in game units."""
    door: str | None = None
    """The unique index of the door to take here: the next point is behind it."""


class GameRoute(Model):
    """A way on foot, or why there is none."""

    waypoints: tuple[Waypoint, ...] = ()
    distance: float = 0
    unique_index: str | None = None
    """The person or thing at its end, if one was asked for by name."""
    reason: str | None = None


class TerrainCell(Model):
    """The ground of an exterior cell."""

    x: int
    y: int
    heights: Annotated[tuple[int, ...], Field(min_length=TERRAIN_SIDE**2, max_length=TERRAIN_SIDE**2)]
    """In game units: rows from south to north, each from west to east; each of the middle of a square. The water's
    surface is at 0."""


class TerrainMap(Model):
    """The ground of the exterior cells that the data files have, out of a square of cells."""

    cells: tuple[TerrainCell, ...]
    side: int = TERRAIN_SIDE
    """Heights along a side of a cell."""


class DescribeRequest(StrictModel):
    """Describe a record by its id, a quest, or a cell."""

    type: Literal["describe"] = "describe"
    id: RequestId
    record: Name


class LookUpRequest(StrictModel):
    """Find records by a part of their name or id."""

    type: Literal["look_up"] = "look_up"
    id: RequestId
    text: SearchText
    limit: Annotated[Integer, Field(ge=1, le=MAX_MATCHES)] = 20


class Place(StrictModel):
    """A position for a route."""

    cell: Name
    x: Coordinate
    y: Coordinate
    z: Coordinate = 0.0


class RouteRequest(StrictModel):
    """Find a way on foot: to a position, a cell or town by name, a person or thing by name, id or unique index.

    `start` None: from the position of the daemon's player.
    """

    type: Literal["route"] = "route"
    id: RequestId
    to: Place | Name
    start: Place | None = None


class TerrainRequest(StrictModel):
    """Read the ground of the exterior cells around one."""

    type: Literal["terrain"] = "terrain"
    id: RequestId
    cell_x: CellNumber
    cell_y: CellNumber
    radius: TerrainRadius = 1
