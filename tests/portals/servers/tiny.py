"""A tiny MCP server on SDK 2.x, for tests of failures: python tiny.py [http PORT]."""

from __future__ import annotations

import base64
import os
import sys
import time
from pathlib import Path

from mcp.server.mcpserver import Context, Image, MCPServer

ONE_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="

server = MCPServer("tiny")


@server.tool()
def echo(text: str) -> str:
    """Return the text."""
    return text


@server.tool()
def add(x: int, y: int) -> dict[str, int]:
    """Return structured content."""
    return {"sum": x + y}


@server.tool()
def picture() -> Image:
    """An image: one black pixel."""
    return Image(data=base64.b64decode(ONE_PIXEL), format="png")


@server.tool()
def slow(seconds: float) -> str:
    """Take some time."""
    time.sleep(seconds)
    return "done"


@server.tool()
def mark(file: str, seconds: float = 0.0) -> bool:
    """Write a mark into a file, then take some time."""
    with Path(file).open("a") as marks:
        marks.write("x")
    time.sleep(seconds)
    return True


@server.tool()
def fail(message: str) -> str:
    """Fail with a message."""
    raise ValueError(message)


@server.tool()
def leave(code: int) -> str:
    """End the process, in the middle of the call."""
    sys.stderr.write("leaving on purpose\n")
    os._exit(code)


@server.tool()
def environment(name: str) -> str:
    """A variable of the server's environment."""
    return os.environ.get(name, "")


@server.tool()
async def grow(context: Context) -> bool:
    """Add a tool."""
    server.add_tool(echo, name="grown")
    await context.notify_tools_changed()
    return True


if __name__ == "__main__":
    if sys.argv[1:2] == ["http"]:
        server.run("streamable-http", host="127.0.0.1", port=int(sys.argv[2]))
    else:
        server.run("stdio")
