"""The heartbeat: `/v1/heartbeat`."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from timmy_actors.errors import RefusedError
from timmy_actors.protocol import HeartbeatCall, HeartbeatRequest, HeartbeatStatus
from timmy_actors.serving.http.api import REQUEST_ID, Api, as_json
from timmy_actors.serving.http.problems import ProblemError, make_problem


def heartbeat_routes(api: Api) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["heartbeat"])

    @router.get("/v1/heartbeat", response_model=HeartbeatStatus)
    async def heartbeat() -> Response:
        """The heartbeat's status."""
        return as_json(await _ask(api, HeartbeatCall()))

    @router.post("/v1/heartbeat", response_model=HeartbeatStatus)
    async def control(body: HeartbeatCall) -> Response:
        """Start, stop, pause or step the heartbeat, take over from its policy, or choose its next action."""
        return as_json(await _ask(api, body))

    return router


async def _ask(api: Api, call: HeartbeatCall) -> HeartbeatStatus:
    try:
        status: HeartbeatStatus = await api.ask(HeartbeatRequest(id=REQUEST_ID, **dict(call)))
    except RefusedError as refused:
        if refused.code != "unavailable":
            raise
        # It answers, but not in this state: another try would be refused too, until the state changes.
        raise ProblemError(make_problem(409, refused.message, code=refused.code)) from refused
    return status
