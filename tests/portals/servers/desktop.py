"""A desktop server without a screen, for tests: python desktop.py FOLDER. Logs each action in FOLDER/actions.

FOLDER/fault selects a fault: false, black, half, nothing, elsewhere, image, huge, slow SECONDS, no_window.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from mcp.server.mcpserver import Image as Picture
from mcp.server.mcpserver import MCPServer
from mcp.types import CallToolResult, TextContent
from PIL import Image

from timmy_actors.desktop_control import ERROR_META

FOLDER = Path(sys.argv[1])
TITLES = ("Other", "OpenMW")
server = MCPServer("desktop")
sys.set_int_max_str_digits(0)


def fault() -> str:
    try:
        return (FOLDER / "fault").read_text()
    except FileNotFoundError:
        return ""


def note(action: str, **params: Any) -> None:
    with (FOLDER / "actions").open("a") as actions:
        actions.write(json.dumps({"action": action, "params": params, "pid": os.getpid()}) + "\n")


def done(action: str, **params: Any) -> bool:
    note(action, **params)
    word, _, seconds = fault().partition(" ")
    if word == "slow":
        time.sleep(float(seconds))
    return word != "false"


def refusal(code: str, message: str) -> CallToolResult:
    text = TextContent(type="text", text=f"{code}: {message}")
    return CallToolResult(content=[text], is_error=True, _meta={ERROR_META: {"code": code, "message": message}})


@server.tool()
def take_screenshot(filename: str, window_title: str | list[str]) -> Any:
    """Write a picture of the window."""
    titles = [window_title] if isinstance(window_title, str) else window_title
    title = next((title for title in titles if title in TITLES), None)
    if title is None or fault() == "no_window":
        return refusal("window_not_found", f"no window has the title {titles}")
    return shoot(FOLDER / "captures" / filename, title)


def shoot(path: Path, title: str) -> Any:
    kind = fault()
    if kind.startswith("slow"):
        time.sleep(float(kind.split()[1]))
    if kind in ("false", "nothing"):
        return kind == "nothing"
    if kind == "huge":
        return Picture(data=b"\0" * 60_000_000, format="png")
    colour = (0, 0, 0) if kind == "black" else (200, time.time_ns() % 256, 10)
    picture = Image.new("RGB", (64, 48), colour)
    if kind == "image":
        path = FOLDER / "sent.png"
    try:
        picture.save(path)
    except OSError as error:
        return refusal("captures_unwritable", str(error))
    if kind == "half":
        os.truncate(path, path.stat().st_size // 2)
    if kind == "image":
        return Picture(path=path)
    return {"path": str(FOLDER / "older.jpg" if kind == "elsewhere" else path), "window": {"title": title}}


@server.tool()
def get_screen_size() -> dict[str, int]:
    """The screen's size."""
    return {"width": 800, "height": 600}


@server.tool()
def get_mouse_position(window_title: str | list[str] | None = None) -> str:
    """The mouse position."""
    return "(30, 40)"


@server.tool()
def pixel_color(x: int, y: int) -> list[int]:
    """A colour."""
    return [x, y, 7]


@server.tool()
def get_os() -> str:
    """The system."""
    return "Linux"


@server.tool()
def click(x: int, y: int, window_title: str | list[str] | None = None) -> bool:
    """Click."""
    return done("click", x=x, y=y)


@server.tool()
def press_key(key: str, window_title: str | list[str] | None = None) -> bool:
    """Press."""
    return done("press_key", key=key)


@server.tool()
def hold_key(key: str, seconds: float) -> bool:
    """Hold."""
    return done("hold_key", key=key, seconds=seconds)


@server.tool()
def mouse_down(button: str) -> bool:
    """Press a button."""
    return done("mouse_down", button=button)


@server.tool()
def mouse_up(button: str) -> bool:
    """Release a button."""
    return done("mouse_up", button=button)


@server.tool()
def release_all() -> bool:
    """Release everything, without delay."""
    note("release_all")
    return True


@server.tool()
def type_text(text: str) -> bool:
    """Type."""
    done("type_text", text=text)
    return text != "refused"


if __name__ == "__main__":
    server.run("stdio")
