"""Events as they happen: server-sent events, and the same over WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Coroutine
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, WebSocket
from pydantic import ValidationError
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from timmy_actors.perception import make_interest
from timmy_actors.protocol import Interest, Name
from timmy_actors.serving.http.api import Api
from timmy_actors.serving.http.guard import CHALLENGE, REFUSED_SOCKET, TokenCheck, address_of, bearer, wrong_token
from timmy_actors.serving.http.limits import CONNECTION
from timmy_actors.serving.http.models import FirstMessage
from timmy_actors.serving.http.problems import ProblemError
from timmy_actors.serving.http.streams import Note, Streams

RETRY_MS = 1_000
TOKEN_WITHIN_S = 5.0
SUBPROTOCOL = "timmy"
TOKEN_SUBPROTOCOL = "timmy.token."  # noqa: S105  a prefix
STOPPING, UNSUPPORTED, TRY_AGAIN_LATER = 1001, 1003, 1013
"""WebSocket's close codes."""
Notes = AsyncGenerator[Note | None, None]
STREAM: dict[str, Any] = {
    "description": "Server-sent events; `data` is a push: an event, a snapshot, or a change of the link.",
    "content": {
        "text/event-stream": {
            "schema": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "event": {"enum": ["event", "snapshot", "link", "outrun", "end"]},
                    "data": {"type": "string", "contentMediaType": "application/json"},
                },
            },
            "examples": {
                "link": {"value": 'retry: 1000\n\nid: 5f0c91aa-12\nevent: link\ndata: {"link":{"state":"up"}}\n\n'}
            },
        }
    },
}
LastId = Annotated[str | None, Query(max_length=64, description="As `Last-Event-ID`, for clients that cannot set it.")]
Player = Annotated[Name | None, Query(description="Only this player's. Default: every player's.")]
Events = Annotated[list[str] | None, Query(max_length=64, description="Only events of these names, and no snapshots.")]
Snapshots = Annotated[bool | None, Query(description="Whether snapshots are sent. Default: only without `events`.")]


def event_routes(api: Api, token: TokenCheck) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["events"])

    @router.get("/v1/events", responses={200: STREAM}, response_class=Response)
    async def events(
        player: Player = None,
        events: Events = None,
        *,
        snapshots: Snapshots = None,
        last_event_id: Annotated[
            str | None, Header(max_length=64, description="Resume after this id (an EventSource sends it).")
        ] = None,
        last_id: LastId = None,
    ) -> Response:
        """Events, snapshots and changes of the link, until the client or the daemon ends the stream.

        It begins with the state of the link and the newest snapshots, or after the id that is given. `outrun` says how
        many pushes can no longer be read. A comment is sent after 15 s of silence.
        """
        return EventStream(api.streams, make_interest(player, events, snapshots), last_event_id or last_id)

    @router.websocket("/v1/ws")
    async def websocket(
        socket: WebSocket,
        player: Player = None,
        events: Events = None,
        *,
        snapshots: Snapshots = None,
        last_id: LastId = None,
    ) -> None:
        """The same pushes, one JSON object a message: `{"id", "event", "data"}`."""
        interest = make_interest(player, events, snapshots)
        if await _admit(socket, token, api.streams):
            await _serve(socket, api.streams, api.streams.read(interest, last_id))

    return router


class EventStream(Response):
    """The response of one stream. It holds a place until it ends."""

    def __init__(self, streams: Streams, interest: Interest, last_id: str | None) -> None:
        super().__init__(media_type="text/event-stream")
        self._streams = streams
        self._notes = streams.read(interest, last_id)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the client disconnects, or the daemon stops."""
        headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]
        with self._streams.place(address_of(scope)):
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await _until_either(self._send(send, scope), _gone(receive))

    async def _send(self, send: Send, scope: Scope) -> None:
        await send({"type": "http.response.body", "body": b"retry: %d\n\n" % RETRY_MS, "more_body": True})
        in_chunks = scope["http_version"] == "1.1"
        async with contextlib.aclosing(self._notes):
            async for note in self._notes:
                if in_chunks:
                    await scope[CONNECTION].write_chunk(_as_chunk(note))
                else:
                    await send({"type": "http.response.body", "body": _as_text(note), "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _as_text(note: Note | None) -> bytes:
    if note is None:
        return b": still here\n\n"
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (note.id.encode(), note.event.encode(), note.data)


@lru_cache(maxsize=64)
def _as_chunk(note: Note | None) -> bytes:
    """The text as a chunk (RFC 9112, 7.1); all streams send the same one."""
    text = _as_text(note)
    return b"%x\r\n%s\r\n" % (len(text), text)


async def _admit(socket: WebSocket, token: TokenCheck, streams: Streams) -> bool:
    """Accept the handshake if the token is right, wherever it is; browsers cannot set headers.

    Returns:
        Whether it is open: False after a wrong token in the first message, or none in time.

    Raises:
        ProblemError: 401: a wrong token in the handshake; 503: too many clients have not sent their token yet.
    """
    offered = [part.strip() for part in socket.headers.get("sec-websocket-protocol", "").split(",")]
    tokens = [part.removeprefix(TOKEN_SUBPROTOCOL) for part in offered if part.startswith(TOKEN_SUBPROTOCOL)]
    secret = bearer(dict(socket.scope["headers"])) or "".join(tokens[:1])
    if secret and not token.accepts(secret, socket.scope):
        raise ProblemError(wrong_token(), CHALLENGE)
    subprotocol = SUBPROTOCOL if SUBPROTOCOL in offered else None
    if secret:
        await socket.accept(subprotocol)
        return True
    with streams.unproven(address_of(socket.scope)):
        await socket.accept(subprotocol)
        is_right = token.accepts(await _first_token(socket), socket.scope)
    if not is_right:
        await _close(socket, REFUSED_SOCKET, "wrong token, or none in time")
    return is_right


async def _serve(socket: WebSocket, streams: Streams, notes: Notes) -> None:
    """Send the notes in a stream's place; without one the socket is closed."""
    with contextlib.ExitStack() as places:
        try:
            places.enter_context(streams.place(address_of(socket.scope)))
        except ProblemError as error:
            await _close(socket, TRY_AGAIN_LATER, error.problem.detail)
        else:
            await _until_either(_send_all(socket, notes), _refuse_messages(socket))


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # it is closed already: uvicorn raises either
        await socket.close(code, reason)


async def _first_token(socket: WebSocket) -> str:
    """The token of the first message; "" if there is none in time."""
    try:
        async with asyncio.timeout(TOKEN_WITHIN_S):
            return FirstMessage.model_validate_json(await socket.receive_text()).token
    except (TimeoutError, ValidationError, KeyError, WebSocketDisconnect):
        return ""


async def _send_all(socket: WebSocket, notes: Notes) -> None:
    async with contextlib.aclosing(notes):
        async for note in notes:
            if note is not None:  # uvicorn pings by itself
                head = json.dumps({"id": note.id, "event": note.event})[:-1]
                await socket.send_text(f'{head}, "data": {note.data.decode()}}}')
    await socket.close(STOPPING, "the daemon is stopping")


async def _refuse_messages(socket: WebSocket) -> None:
    message = await socket.receive()
    if message["type"] == "websocket.receive":
        await socket.close(UNSUPPORTED, "this stream takes no messages after the token")


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _until_either(*works: Coroutine[Any, Any, None]) -> None:
    """Run both until one ends; its error is raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        with contextlib.suppress(WebSocketDisconnect):
            task.result()
