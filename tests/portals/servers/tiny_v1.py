# mypy: ignore-errors
"""A tiny MCP server on SDK 1.x, for tests: it runs in an environment of its own."""

from __future__ import annotations

import time
from pathlib import Path

from mcp.server.fastmcp import FastMCP, Image
from mcp.types import TextContent

server = FastMCP("old")


@server.tool()
def echo(text: str) -> str:
    """Say it again."""
    return text


@server.tool()
def pair() -> str:
    """A tuple, as Python writes it."""
    return str((1920, 1080))


@server.tool()
def said() -> TextContent:
    """JSON in a text."""
    return TextContent(type="text", text='{"n": 5}')


@server.tool()
def refuse() -> bool:
    """A failure that is no error."""
    return False


@server.tool()
def picture(file: str) -> Image:
    """An image."""
    return Image(data=Path(file).read_bytes(), format="png")


@server.tool()
def slow(seconds: float) -> str:
    """Take some time, and let nobody else have any."""
    time.sleep(seconds)
    return "done"


if __name__ == "__main__":
    server.run()
