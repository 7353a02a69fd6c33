"""Portals: list and choose them, capture the game's state, execute actions."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Awaitable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from timmy_actors.errors import RefusedError
from timmy_actors.protocol import (
    MAX_TIMEOUT_S,
    PORTAL_TIMEOUT_S,
    Action,
    ActionResult,
    CaptureRequest,
    CheckPortalRequest,
    ExecuteRequest,
    GameState,
    LookOptions,
    PortalCheck,
    PortalId,
    Portals,
    PortalsRequest,
    UsePortalRequest,
)
from timmy_actors.serving.http.api import REQUEST_ID, Api, as_json
from timmy_actors.serving.http.models import CaptureBody, ExecuteBody
from timmy_actors.serving.http.problems import ProblemError, make_problem

CAPTURE_NAME = r"^capture_[A-Za-z0-9_.-]{1,100}\.(png|jpg|bmp)$"
MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "bmp": "image/bmp"}
MAX_CAPTURE_BYTES = 64 * 1024 * 1024


def portal_routes(api: Api) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["portals"])

    @router.get("/v1/portals", response_model=Portals)
    async def portals() -> Response:
        """The portals, and which one is chosen."""
        return as_json(await api.ask(PortalsRequest(id=REQUEST_ID)))

    @router.post("/v1/portals/{portal}/use", response_model=Portals)
    async def use(portal: Annotated[PortalId, Path(examples=["morrowind"])]) -> Response:
        """Choose another portal, until the daemon ends."""
        return as_json(await _of_path(api.ask(UsePortalRequest(id=REQUEST_ID, portal=portal))))

    @router.post("/v1/portals/{portal}/check", response_model=PortalCheck)
    async def check(
        request: Request,
        portal: Annotated[PortalId, Path(examples=["morrowind"])],
        timeout_s: Annotated[float, Query(gt=0, le=MAX_TIMEOUT_S)] = PORTAL_TIMEOUT_S,
    ) -> Response:
        """Check what works of a portal. Starts its servers, and takes a screenshot."""
        wanted = CheckPortalRequest(id=REQUEST_ID, portal=portal, timeout_s=timeout_s)
        return as_json(await _of_path(api.ask(wanted, request)))

    @router.post("/v1/capture", response_model=GameState)
    async def capture(request: Request, body: CaptureBody | None = None) -> Response:
        """Capture the game's state through the chosen portal; missing parts are listed in `problems`."""
        body = body or CaptureBody()
        options = LookOptions.model_validate(body.model_dump(exclude={"timeout_s"}))
        return as_json(await api.ask(CaptureRequest(id=REQUEST_ID, timeout_s=body.timeout_s, options=options), request))

    @router.get(
        "/v1/captures/{name}",
        responses={200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}, "description": "The picture."}},
        response_class=Response,
    )
    async def picture(name: Annotated[str, Path(pattern=CAPTURE_NAME)]) -> Response:
        """A screenshot: the file name of a state's `visual.screenshot_path`."""
        data = await asyncio.to_thread(_read, api.options.captures / name)
        if data is None:
            raise ProblemError(make_problem(404, "no such screenshot: the oldest are deleted"))
        return Response(data, media_type=MEDIA_TYPES[name.rpartition(".")[2]])

    @router.post("/v1/execute", response_model=ActionResult)
    async def execute(request: Request, body: ExecuteBody) -> Response:
        """Execute an action through the chosen portal, once; `success` says whether it succeeded, `reason` why not.

        If the client disconnects, the action is cancelled.
        """
        action = Action(action=body.action, params=body.params)
        return as_json(await api.ask(ExecuteRequest(id=REQUEST_ID, action=action, timeout_s=body.timeout_s), request))

    return router


async def _of_path(asked: Awaitable[Any]) -> Any:
    """The answer about a portal that the path names: if there is none, there is nothing at the path."""
    try:
        return await asked
    except RefusedError as error:
        status = 404 if error.code == "bad_arguments" else 503
        raise ProblemError(make_problem(status, error.message, code=error.code, field=error.field)) from error


def _read(path: os.PathLike[str]) -> bytes | None:
    """The content of a plain file, not through a link; None if there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    with os.fdopen(descriptor, "rb") as file:
        return file.read(MAX_CAPTURE_BYTES)
