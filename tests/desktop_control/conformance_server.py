"""The server's HTTP application for the conformance suite. The suite sends no token, so one is added to each request.

The suite calls tools by its own names: a tool that matches one of them is also registered under that name.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
from pathlib import Path

import uvicorn
from mcp.server.mcpserver import MCPServer

from timmy_actors.desktop_control.desktop import Desktop
from timmy_actors.desktop_control.server import App, Message, Receive, Send, only_with_token
from timmy_actors.desktop_control.tools import tools_of

TOKEN = "a token of twenty-seven"
ALIASES = {"get_os": "test_simple_text", "take_screenshot": "test_image_content", "press_key": "test_error_handling"}


def with_token(app: App) -> App:
    """The application, with the token added to each request."""

    async def authorised(scope: Message, receive: Receive, send: Send) -> None:
        headers = [*scope.get("headers", ()), (b"authorization", f"Bearer {TOKEN}".encode())]
        await app({**scope, "headers": headers}, receive, send)

    return authorised


def application(folder: Path) -> App:
    """The server's application on the display in the environment."""
    tools = tools_of(Desktop(os.environ["DISPLAY"], folder, folder / "held"))
    also = [tool.model_copy(update={"name": ALIASES[tool.name]}) for tool in tools if tool.name in ALIASES]
    server = MCPServer("desktop-control", tools=[*tools, *also], log_level="CRITICAL")
    return with_token(only_with_token(server.streamable_http_app(host="127.0.0.1"), TOKEN))


def main() -> None:
    """Serve until killed; the first line contains the URL."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"}) + "\n")
        sys.stdout.flush()
        uvicorn.Server(uvicorn.Config(application(Path(folder)), log_level="critical")).run(sockets=[listener])


if __name__ == "__main__":
    main()
