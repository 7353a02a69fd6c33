"""The typed calls about the game's data files: what an id means, how to walk there, and the ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timmy_actors import protocol  # its names are loaded on first use
from timmy_actors.client.call import TRANSPORT_MARGIN_S, Call, next_id
from timmy_actors.client.codec import make

if TYPE_CHECKING:
    from timmy_actors.protocol import Description, GameRoute, Matches, Place, TerrainMap

GAME_DATA_TIMEOUT_S = 12.0
"""A way through many doors takes a second; the daemon waits 10 s for it."""


def describe(record: str, /) -> Call[Description]:
    """What the game's data files say of a record, by its id, of a quest, of a cell, or of what has a unique index.

    Raises:
        RefusedError: `no_such_target`: they have no such record. `unavailable`: no files are configured, or they are
            not indexed yet.
    """
    return Call(make(protocol.DescribeRequest, id=next_id(), record=record), lambda answer: answer.description)


def look_up(text: str, /, *, limit: int = 20) -> Call[Matches]:
    """Find records of the game's data files by a part of their name or id; the exact ones first.

    Raises:
        RefusedError: `unavailable`: no files are configured, or they are not indexed yet.
    """
    return Call(make(protocol.LookUpRequest, id=next_id(), text=text, limit=limit), lambda answer: answer.matches)


def route(to: Place | str, /, *, start: Place | None = None) -> Call[GameRoute]:
    """Find a way on foot: to a position, a cell or town by name, a person or thing by name, id or unique index.

    `start` None: from the position of the daemon's player. The result has way points with their distances in game
    units, or the reason why there is no way.

    Raises:
        RefusedError: `unavailable`: no files are configured, they are not indexed yet, or the player's position is
            not known.
    """
    request = make(protocol.RouteRequest, id=next_id(), to=to, start=start)
    return Call(request, lambda answer: answer.route, GAME_DATA_TIMEOUT_S + TRANSPORT_MARGIN_S)


def terrain(cell_x: int, cell_y: int, /, *, radius: int = 1) -> Call[TerrainMap]:
    """Read the ground of the exterior cells around one, at most 4 cells on each side: heights in game units.

    Cells that the data files do not have are missing in the result.

    Raises:
        RefusedError: `unavailable`: no files are configured, or they are not indexed yet.
    """
    request = make(protocol.TerrainRequest, id=next_id(), cell_x=cell_x, cell_y=cell_y, radius=radius)
    return Call(request, lambda answer: answer.terrain)
