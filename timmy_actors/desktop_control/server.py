"""The MCP server: its name and tools, served over stdin and stdout, or over HTTP to clients that send the token."""

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
from timmy_actors.desktop_control.singleton import BEAT_S, SingletonLock
from timmy_actors.desktop_control.tools import tools_of
from timmy_actors.version import __version__

LOOPBACK = "127.0.0.1"
INSTRUCTIONS = (
    "Capture and control one window: pass window_title with each call. Coordinates are relative to its upper left"
    " corner; if the picture was reduced, pass its [width, height] as image_size. An action that cannot be done exactly"
    " is not done: the error's text begins with a code. Call release_all before a pause."
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


async def serve_stdio(server: MCPServer, singleton: SingletonLock | None) -> None:
    """Serve over stdin and stdout until stdin is closed."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_beat, singleton)
        await server.run_stdio_async()
        tasks.cancel_scope.cancel()


async def serve_http(server: MCPServer, singleton: SingletonLock | None, port: int, token: str, ready: TextIO) -> None:
    """Serve at http://127.0.0.1:PORT/mcp until the process is stopped; writes one JSON line with the URL to `ready`."""
    with socket.create_server((LOOPBACK, port)) as listener:
        bound = listener.getsockname()[1]
        app = only_with_token(server.streamable_http_app(host=LOOPBACK), token)
        serving = uvicorn.Server(uvicorn.Config(app, log_config=None, log_level="warning", lifespan="on"))
        ready.write(json.dumps({"ready": True, "url": f"http://{LOOPBACK}:{bound}/mcp"}) + "\n")
        ready.flush()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_beat, singleton)
            await serving.serve(sockets=[listener])
            tasks.cancel_scope.cancel()


def only_with_token(app: App, token: str) -> App:
    """The application, restricted to requests with the token (RFC 6750); the scheme is case-insensitive (RFC 9110)."""
    expected = token.encode()

    async def guarded(scope: Message, receive: Receive, send: Send) -> None:
        authorization = dict(scope.get("headers", ())).get(b"authorization", b"")
        scheme, _, credentials = authorization.partition(b" ")
        is_valid = hmac.compare_digest(credentials.lstrip(b" "), expected) and scheme.lower() == b"bearer"
        if scope["type"] == "lifespan" or is_valid:
            await app(scope, receive, send)
            return
        headers = [(b"www-authenticate", b"Bearer"), (b"content-type", b"text/plain; charset=utf-8")]
        await send({"type": "http.response.start", "status": 401, "headers": headers})
        await send(
            {"type": "http.response.body", "body": b"send the token in --token-file as Authorization: Bearer TOKEN\n"}
        )

    return guarded


async def _beat(singleton: SingletonLock | None) -> None:
    while singleton is not None:
        singleton.beat()
        await anyio.sleep(BEAT_S)
