"""A layer that makes a span of each request of the API, as a child of the one in the header `traceparent`, if any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from timmy_actors.telemetry import Attribute, tracer

if TYPE_CHECKING:
    from timmy_actors.telemetry import Span

PREFIX = "/v1/"
STREAMS = ("/v1/events", "/v1/ws")
"""They last for hours: a span that has not ended is not exported."""
HEADER = b"traceparent"
MAX_HEADER_BYTES = 128
SERVER_ERROR = 500


class Tracing:
    """The layer. It stands behind the check of the token, so that strangers make no spans."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on within its span."""
        current = tracer()
        if current is None or scope["type"] != "http" or not _is_traced(scope["path"]):
            await self._app(scope, receive, send)
            return
        method = str(scope["method"])
        span = current.start(method, "server", parent=_parent(scope), attributes={Attribute.HTTP_METHOD: method})
        await (self._app(scope, receive, send) if span is None else self._within(span, scope, receive, send))

    async def _within(self, span: Span, scope: Scope, receive: Receive, send: Send) -> None:
        status = SERVER_ERROR  # if it ends without an answer

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            with span.active():
                await self._app(scope, receive, send_on)
        finally:
            _end(span, scope, status)


def _is_traced(path: str) -> bool:
    return path.startswith(PREFIX) and path not in STREAMS


def _parent(scope: Scope) -> str | None:
    values = [value for name, value in scope["headers"] if name == HEADER]
    if len(values) != 1 or len(values[0]) > MAX_HEADER_BYTES:
        return None
    return str(values[0], "latin-1")


def _end(span: Span, scope: Scope, status: int) -> None:
    route = str(getattr(scope.get("route"), "path", ""))
    if route:
        span.rename(f"{scope['method']} {route}")
    span.end(
        {Attribute.HTTP_STATUS: status, Attribute.HTTP_ROUTE: route},
        error=str(status) if status >= SERVER_ERROR else None,
    )
