"""The least that a capture over MCP costs: a server on the same SDK whose one tool saves the same picture, and no more.

`python -m benchmarks.contenders.mcp_capture DISPLAY FILE WIDTH HEIGHT QUALITY`
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import mss
from mcp.server.mcpserver import MCPServer
from PIL import Image


def main(display: str, file: str, width: int, height: int, quality: int) -> None:
    """Serve `take_screenshot` over standard input and output."""
    server = MCPServer("bare")
    everything = {"left": 0, "top": 0, "width": width, "height": height}
    with mss.MSS(backend="xshmgetimage", display=display) as camera:

        @server.tool()
        async def take_screenshot() -> dict[str, str]:
            """Save the screen."""
            shot = camera.grab(everything)
            picture = io.BytesIO()
            Image.frombuffer("RGB", (width, height), shot.raw, "raw", "BGRX", 0, 1).save(
                picture, "JPEG", quality=quality
            )
            Path(file).write_bytes(picture.getvalue())
            return {"file": file}

        server.run("stdio")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
