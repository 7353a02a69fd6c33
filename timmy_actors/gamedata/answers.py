"""Answers to requests about the game's data files, out of an open index."""

from __future__ import annotations

from timmy_actors.errors import GameDataError, RefusedError
from timmy_actors.gamedata.library import Library
from timmy_actors.gamedata.routes import Navigator
from timmy_actors.protocol import (
    DescribeRequest,
    Description,
    GameRoute,
    LookUpRequest,
    Matches,
    RouteRequest,
    TerrainMap,
    TerrainRequest,
)

GameDataRequest = DescribeRequest | LookUpRequest | RouteRequest | TerrainRequest


class Answers:
    """Answers requests from an index. For one thread."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._navigator = Navigator(library)

    def answer(self, request: GameDataRequest) -> Description | Matches | GameRoute | TerrainMap:
        """The answer.

        Raises:
            RefusedError: `no_such_target`: there is no such record; `unavailable`: a route has no start, or the index
                cannot be read.
        """
        try:
            match request:
                case DescribeRequest(record=record):
                    return self._describe(record)
                case LookUpRequest(text=text, limit=limit):
                    return self._library.look_up(text, limit)
                case RouteRequest():
                    return self._route(request)
                case TerrainRequest(cell_x=x, cell_y=y, radius=radius):
                    return self._library.terrain(x, y, radius)
        except GameDataError as error:
            raise RefusedError("unavailable", str(error)) from error

    def _route(self, request: RouteRequest) -> GameRoute:
        if request.start is None:
            raise RefusedError("unavailable", "the player's position is not known: name a start", "start")
        return self._navigator.route(request.start, request.to)

    def _describe(self, record: str) -> Description:
        described = self._library.describe(record)
        if described is None:
            reason = f"the game's files have no {record!r}: look it up by a part of its name"
            raise RefusedError("no_such_target", reason, "record")
        return described
