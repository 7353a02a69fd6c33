"""The MCP server: its name and tools, over stdin and stdout or over HTTP for whoever knows the token."""

from __future__ import annotations

import hmac
import json
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TextIO

import anyio
import uvicorn
from mcp.server.mcpserver import MCPServer

from timmy_actors.desktop_control.desktop import Desktop
from timmy_actors.desktop_control.singleton import BEAT_S, SoleServer
from timmy_actors.desktop_control.tools import tools_of
from timmy_actors.version import __version__

LOOPBACK = "127.0.0.1"
INSTRUCTIONS = (
    "See and act on one window: give window_title with each call. Coordinates count from its upper left corner;"
    " if the picture was shrunk, pass its [width, height] as image_size. What cannot be done rightly is not done:"
    " an error's text begins with a code. Call release_all when you pause."
)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


def server_of(desktop: Desktop) -> MCPServer:
    """An MCP server with the tools of a desktop."""
    return MCPServer(
        "desktop-control", version=__version__, instructions=INSTRUCTIONS, tools=tools_of(desktop), log_level="WARNING"
    )


async def serve_stdio(server: MCPServer, sole: SoleServer | None) -> None:
    """Answer over stdin and stdout until stdin ends."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_beat, sole)
        await server.run_stdio_async()
        tasks.cancel_scope.cancel()


async def serve_http(server: MCPServer, sole: SoleServer | None, port: int, token: str, ready: TextIO) -> None:
    """Answer at http://127.0.0.1:PORT/mcp until the process is stopped; one JSON line on `ready` names the URL."""
    with socket.create_server((LOOPBACK, port)) as listener:
        bound = listener.getsockname()[1]
        app = only_with_token(server.streamable_http_app(host=LOOPBACK), token)
        serving = uvicorn.Server(uvicorn.Config(app, log_config=None, log_level="warning", lifespan="on"))
        ready.write(json.dumps({"ready": True, "url": f"http://{LOOPBACK}:{bound}/mcp"}) + "\n")
        ready.flush()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_beat, sole)
            await serving.serve(sockets=[listener])
            tasks.cancel_scope.cancel()


def only_with_token(app: App, token: str) -> App:
    """The application, for requests that carry the token (RFC 6750); the scheme's case means nothing (RFC 9110)."""
    expected = token.encode()

    async def guarded(scope: Message, receive: Receive, send: Send) -> None:
        given = dict(scope.get("headers", ())).get(b"authorization", b"")
        scheme, _, said = given.partition(b" ")
        fits = hmac.compare_digest(said.lstrip(b" "), expected) and scheme.lower() == b"bearer"
        if scope["type"] == "lifespan" or fits:
            await app(scope, receive, send)
            return
        headers = [(b"www-authenticate", b"Bearer"), (b"content-type", b"text/plain; charset=utf-8")]
        await send({"type": "http.response.start", "status": 401, "headers": headers})
        await send(
            {"type": "http.response.body", "body": b"the token of --token-file is needed: Authorization: Bearer\n"}
        )

    return guarded


async def _beat(sole: SoleServer | None) -> None:
    while sole is not None:
        sole.beat()
        await anyio.sleep(BEAT_S)
