"""The act that finds a way which players were seen to walk. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from timmy_actors.errors import RefusedError
from timmy_actors.player_client.body import Act, Body, Done, point_of
from timmy_actors.player_client.cells import Cell, cell_at
from timmy_actors.player_client.movement import Point


def _find_way(body: Body, params: Mapping[str, Any], now: float, done: Done) -> None:
    """The `waypoints` of a way `to` a point (x, y, z) of the same interior cell, or outside if the player is."""
    del now
    cell: Cell = body.session.view.me.cell or Cell("")
    points = None if body.ways is None else body.ways.find(cell, body.placement()[:3], point_of(params["to"]))
    if points is None:
        raise RefusedError("no_such_target", "no player was seen to walk from here to there")
    done({"waypoints": [_waypoint(cell if cell.interior else cell_at(*point[:2]), point) for point in points]})


def _waypoint(cell: Cell, point: Point) -> dict[str, Any]:
    return {"cell": cell.description, "x": point[0], "y": point[1], "z": point[2]}


WAY_ACTS: Mapping[str, Act] = {"find_way": _find_way}
"""Acts that know where players walked."""
