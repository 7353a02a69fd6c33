"""A desktop server for tests with one tool for all actions: python computer.py FOLDER. Logs calls in FOLDER/calls."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Literal

from mcp.server.mcpserver import Image as Picture
from mcp.server.mcpserver import MCPServer
from PIL import Image

FOLDER = Path(sys.argv[1])
server = MCPServer("computer")


@server.tool()
def computer(
    action: Literal["screenshot", "cursor_position", "left_click", "left_click_drag", "key"],
    coordinate: list[int] | None = None,
    start_coordinate: list[int] | None = None,
    text: str | None = None,
) -> Any:
    """Execute an action or an observation."""
    if action == "screenshot":
        picture = FOLDER / "sent.png"
        Image.new("RGB", (64, 48), (200, 10, 10)).save(picture)
        return Picture(path=picture)
    if action == "cursor_position":
        return {"x": 7, "y": 8}
    call = {"action": action, "coordinate": coordinate, "start": start_coordinate, "text": text}
    with (FOLDER / "calls").open("a") as lines:
        lines.write(json.dumps(call) + "\n")
    return True


if __name__ == "__main__":
    server.run("stdio")
