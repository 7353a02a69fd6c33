"""What is perceived, and when: `/v1/snapshot`, `/v1/players`, `/v1/clock`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from timmy_actors.protocol import (
    DEFAULT_TIMEOUT_S,
    MAX_TIMEOUT_S,
    ClockCall,
    ClockRequest,
    Name,
    PerceptionOutput,
    Revision,
    SnapshotRequest,
    WorldClock,
)
from timmy_actors.serving.http.api import REQUEST_ID, Api, as_json
from timmy_actors.serving.http.models import PlayerList, PlayerSummary

AFTER = r"^[^\x00-\x1f\x7f]{1,128}:[0-9]{1,14}$"


def world_routes(api: Api) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["perception"])

    @router.get("/v1/snapshot", response_model=PerceptionOutput)
    async def snapshot(
        player: Annotated[Name | None, Query(description="Default: the configured one.", examples=["Timmy"])] = None,
        after: Annotated[
            str | None,
            Query(pattern=AFTER, description="`BOOT:NUMBER` of a command's `revision`: wait until it is shown."),
        ] = None,
        timeout_s: Annotated[float, Query(gt=0, le=MAX_TIMEOUT_S)] = DEFAULT_TIMEOUT_S,
    ) -> Response:
        """The latest snapshot of a player."""
        if after is None:  # nothing to wait for: not even a reply
            snapshot = api.service.perceptions.find(player or api.service.player)
        else:
            snapshot = await api.ask(
                SnapshotRequest(id=REQUEST_ID, player=player, after=_revision(after), timeout_s=timeout_s)
            )
        return Response(api.snapshot_json(snapshot), media_type="application/json")

    @router.get("/v1/players", response_model=PlayerList)
    async def players() -> Response:
        """The perceived players, and where they stand."""
        perceptions = api.service.perceptions
        snapshots = (perceptions.snapshot(name) for name in sorted(perceptions.snapshots.value))
        summaries = tuple(_summary(snapshot) for snapshot in snapshots if snapshot is not None)
        return as_json(PlayerList(configured=api.service.player, players=summaries))

    @router.get("/v1/clock", response_model=WorldClock)
    async def clock() -> Response:
        """The embedded world's clock."""
        return as_json(await api.ask(ClockRequest(id=REQUEST_ID)))

    @router.post("/v1/clock", response_model=WorldClock)
    async def change_clock(body: ClockCall) -> Response:
        """Freeze the embedded world, let a step of game time pass, or thaw it. A live server refuses."""
        return as_json(await api.ask(ClockRequest(id=REQUEST_ID, **dict(body))))

    return router


def _revision(after: str) -> Revision:
    boot, _, number = after.rpartition(":")
    return Revision(boot=boot, number=int(number))


def _summary(snapshot: PerceptionOutput) -> PlayerSummary:
    where = {} if snapshot.position is None else snapshot.position.model_dump(exclude={"region", "pitch"})
    facts = snapshot.model_dump(include={"player", "timestamp", "stale", "stale_reason"})
    return PlayerSummary(**facts, **where)
