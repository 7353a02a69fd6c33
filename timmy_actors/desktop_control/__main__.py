"""Run the server: MCP over stdin and stdout, or over HTTP. Errors and logs go to stderr."""

from __future__ import annotations

import os
import sys

from timmy_actors.desktop_control.settings import parse

UNAVAILABLE = 69
"""sysexits(3)'s EX_UNAVAILABLE."""
PARTS = {"PIL", "Xlib", "anyio", "mcp", "mss", "uvicorn"}
UNSUPPORTED = (
    "only X11 is supported. On {system}, use a server based on pyautogui, such as mcp-pyautogui: it captures whole"
    " screens, targets no window and holds no keys"
)


def main() -> int:
    """Parse the command line, run the server and return the exit code."""
    settings = parse()
    if sys.platform in ("win32", "darwin"):
        return _unavailable(UNSUPPORTED.format(system=sys.platform))
    try:
        from timmy_actors.desktop_control.run import run  # noqa: PLC0415  needs X11
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] not in PARTS:
            raise
        return _unavailable(f"{missing.name} is missing: pip install 'timmy_actors[desktop]'")
    return run(settings)


def _unavailable(reason: str) -> int:
    sys.stderr.write(f"desktop-control: {reason}\n")
    return UNAVAILABLE


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # a tool may still run in a thread, but no client is left to receive its answer
