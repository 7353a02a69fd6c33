"""Steam without Valve, for tests: the protocol's names and positional arguments."""

from __future__ import annotations

from typing import Any

from mcp.server.mcpserver import MCPServer

server = MCPServer("steam")


@server.tool("steam-current-players")
def current_players(app_id: int) -> dict[str, Any]:
    """The number of current players."""
    return {"player_count": app_id}


@server.tool("steam-news")
def news(app_id: int) -> dict[str, Any]:
    """The news."""
    return {"news": []}


if __name__ == "__main__":
    server.run("stdio")
