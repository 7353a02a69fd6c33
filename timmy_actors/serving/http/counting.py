"""Counts answered requests by their route, and serves `/metrics`."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Header
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from timmy_actors.serving.http.metrics import Metrics

UNMATCHED = "unmatched"


class Counting:
    """A layer around the application."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and count its answer when it begins: a stream's lasts for hours."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                seconds = time.perf_counter() - started
                self._metrics.on_request(_route(scope), _method(scope), message["status"], seconds)
            await send(message)

        await self._app(scope, receive, send_on)


def metrics_routes(metrics: Metrics) -> APIRouter:
    """The route."""
    router = APIRouter(tags=["health"])

    @router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def read(accept: Annotated[str, Header(max_length=1024)] = "") -> Response:
        """Metrics for Prometheus."""
        text, media_type = metrics.text(accept)
        return Response(text, media_type=media_type)

    return router


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", UNMATCHED)


def _method(scope: Scope) -> str:
    method = str(scope["method"])
    return method if method in ("GET", "POST", "HEAD", "OPTIONS") else "other"
