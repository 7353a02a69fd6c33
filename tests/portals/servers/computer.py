"""A desktop whose one tool does all, by its `action`, for tests: python computer.py FOLDER. Notes what it was told."""

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
    """Look or act."""
    if action == "screenshot":
        picture = FOLDER / "sent.png"
        Image.new("RGB", (64, 48), (200, 10, 10)).save(picture)
        return Picture(path=picture)
    if action == "cursor_position":
        return {"x": 7, "y": 8}
    told = {"action": action, "coordinate": coordinate, "start": start_coordinate, "text": text}
    with (FOLDER / "told").open("a") as lines:
        lines.write(json.dumps(told) + "\n")
    return True


if __name__ == "__main__":
    server.run("stdio")
