# mypy: ignore-errors
"""A tiny MCP server on SDK 1.x, for tests: it runs in its own environment."""

from __future__ import annotations

import time
from pathlib import Path

from mcp.server.fastmcp import FastMCP, Image
from mcp.types import TextContent

server = FastMCP("old")


@server.tool()
def echo(text: str) -> str:
    """Return the text."""
    return text


@server.tool()
def pair() -> str:
    """A tuple as a Python literal."""
    return str((1920, 1080))


@server.tool()
def said() -> TextContent:
    """JSON in a text."""
    return TextContent(type="text", text='{"n": 5}')


@server.tool()
def refuse() -> bool:
    """Report a failure without an MCP error."""
    return False


@server.tool()
def picture(file: str) -> Image:
    """An image."""
    return Image(data=Path(file).read_bytes(), format="png")


@server.tool()
def slow(seconds: float) -> str:
    """Take some time, and block the event loop."""
    time.sleep(seconds)
    return "done"


if __name__ == "__main__":
    server.run()
