"""The view of several daemons: `/v1/fleet`."""

from __future__ import annotations

import asyncio
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

from timmy_actors.errors import ConfigError
from timmy_actors.fleet import connect_all
from timmy_actors.protocol import Model
from timmy_actors.serving.http.api import Api, as_json
from timmy_actors.serving.http.problems import ProblemError, make_problem

TIMEOUT_S = 1.0
"""How long a daemon may take to answer; a page waits for it."""


class FleetWorld(Model):
    """One daemon."""

    name: str
    endpoint: str
    verdict: str
    """`ok`, `degraded`, `down`, or `lost`: it does not answer."""
    reasons: tuple[str, ...]
    version: str | None
    player: str | None
    place: str | None
    """Where its player stands."""


class FleetView(Model):
    """All daemons."""

    verdict: str
    lost: int
    worlds: tuple[FleetWorld, ...]


def fleet_routes(api: Api) -> APIRouter:
    """The route."""
    router = APIRouter(tags=["fleet"])
    one_at_a_time = asyncio.Lock()

    @router.get("/v1/fleet", response_model=FleetView)
    async def fleet() -> Response:
        """Every daemon of the configured file of endpoints: its verdict and its player, or why it is lost."""
        file = api.options.fleet
        if file is None:
            raise ProblemError(make_problem(409, "no fleet is configured: set http.fleet_file", code="unavailable"))
        try:
            async with one_at_a_time:
                return as_json(await asyncio.to_thread(look, file))
        except ConfigError as error:
            raise ProblemError(make_problem(409, str(error), code="unavailable")) from error

    return router


def look(file: Path) -> FleetView:
    """Ask every daemon. The file is read again each time, so a change applies at once.

    Raises:
        ConfigError: the file has a mistake.
    """
    with connect_all(file, timeout_s=TIMEOUT_S) as fleet:
        status = fleet.status()
        snapshots = {row.name: row.value for row in fleet.snapshot()} if status.lost < len(status.rows) else {}
    worlds = []
    for row in status.rows:
        health, seen = row.value, snapshots.get(row.name)
        position = seen.position if seen is not None else None
        worlds.append(
            FleetWorld(
                name=row.name,
                endpoint=row.endpoint,
                verdict="lost" if health is None else health.verdict,
                reasons=(row.reason,) if health is None else health.reasons,
                version=None if health is None else health.version,
                player=None if seen is None else seen.player,
                place=None if position is None else position.place or position.cell,
            )
        )
    return FleetView(verdict=status.verdict, lost=status.lost, worlds=tuple(worlds))
