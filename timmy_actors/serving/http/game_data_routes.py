"""What the game's own files say: `/v1/records`, `/v1/route`, `/v1/terrain`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from timmy_actors.protocol import (
    MAX_MATCHES,
    CellNumber,
    DescribeRequest,
    Description,
    GameRoute,
    LookUpRequest,
    Matches,
    Name,
    Place,
    RouteRequest,
    SearchText,
    StrictModel,
    TerrainMap,
    TerrainRadius,
    TerrainRequest,
)
from timmy_actors.serving.http.api import REQUEST_ID, Api, as_json


class RouteCall(StrictModel):
    """Where a way on foot is to lead, and from where; without a start from the player's position."""

    to: Place | Name
    start: Place | None = None


def game_data_routes(api: Api) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["game data"])

    @router.get("/v1/records", response_model=Matches)
    async def look_up(
        text: Annotated[SearchText, Query(description="A part of a name or id.", examples=["ledger"])],
        limit: Annotated[int, Query(ge=1, le=MAX_MATCHES)] = 20,
    ) -> Response:
        """Records of the game's data files whose name or id contains a text."""
        return as_json(await api.ask(LookUpRequest(id=REQUEST_ID, text=text, limit=limit)))

    @router.get("/v1/record", response_model=Description)
    async def describe(
        id: Annotated[Name, Query(description="An id, a quest, a cell, or a unique index.", examples=["arrille"])],  # noqa: A002
    ) -> Response:
        """What the game's data files say of a record."""
        return as_json(await api.ask(DescribeRequest(id=REQUEST_ID, record=id)))

    @router.post("/v1/route", response_model=GameRoute)
    async def route(body: RouteCall) -> Response:
        """A way on foot, or why there is none."""
        return as_json(await api.ask(RouteRequest(id=REQUEST_ID, to=body.to, start=body.start)))

    @router.get("/v1/terrain", response_model=TerrainMap)
    async def terrain(
        cell_x: Annotated[CellNumber, Query(description="The middle cell.", examples=[-2])],
        cell_y: Annotated[CellNumber, Query(examples=[-9])],
        radius: Annotated[TerrainRadius, Query(description="Cells on each side of the middle one.")] = 1,
    ) -> Response:
        """Heights of the ground in the exterior cells around one; cells that the data files do not have are missing."""
        return as_json(await api.ask(TerrainRequest(id=REQUEST_ID, cell_x=cell_x, cell_y=cell_y, radius=radius)))

    return router
