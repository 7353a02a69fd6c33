"""Runs the server: MCP over stdin and stdout, or over HTTP; what it has to say goes to stderr."""

from __future__ import annotations

import os
import sys

from timmy_actors.desktop_control.settings import parse

UNAVAILABLE = 69
"""sysexits(3)'s EX_UNAVAILABLE."""
PARTS = {"PIL", "Xlib", "anyio", "mcp", "mss", "uvicorn"}
NOT_HERE = (
    "it drives X11 only. On {system} use a server on pyautogui, such as mcp-pyautogui: that sees whole screens, aims at"
    " no window and holds no keys"
)


def main() -> int:
    """Read the command line and run; the exit code."""
    settings = parse()
    if sys.platform in ("win32", "darwin"):
        return _cannot(NOT_HERE.format(system=sys.platform))
    try:
        from timmy_actors.desktop_control.run import run  # noqa: PLC0415  not where X11 is not
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] not in PARTS:
            raise
        return _cannot(f"{missing.name} is missing: pip install 'timmy_actors[desktop]'")
    return run(settings)


def _cannot(reason: str) -> int:
    sys.stderr.write(f"desktop-control: {reason}\n")
    return UNAVAILABLE


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # a tool may still run in a thread: nobody is left to wait for its answer
