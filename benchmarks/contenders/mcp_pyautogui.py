"""mcp-pyautogui on the SDK it was written for: a virtual environment of its own, made when it is first needed."""

from __future__ import annotations

import os
from pathlib import Path

from mcp import StdioServerParameters

from benchmarks.environments import PYAUTOGUI, python_environment


def server(display: str, folder: Path) -> StdioServerParameters:
    """How to start it on a display, its pictures going into `folder`.

    An empty program called gnome-screenshot has its screenshots taken in memory, which is the fastest way it has; and
    it dies without an X authority file, be it an empty one.

    Raises:
        CalledProcessError, TimeoutExpired: pip cannot install it.
    """
    programs = python_environment(*PYAUTOGUI)
    stub = folder / "gnome-screenshot"
    stub.write_text("#!/bin/sh\n")
    stub.chmod(0o755)
    (folder / ".Xauthority").touch()
    environment = {
        "DISPLAY": display,
        "HOME": str(folder),
        "XAUTHORITY": str(folder / ".Xauthority"),
        "PATH": f"{folder}:{os.environ['PATH']}",
    }
    return StdioServerParameters(command=str(programs / "mcp-pyautogui"), env=environment, cwd=folder)
