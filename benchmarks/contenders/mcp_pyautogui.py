"""mcp-pyautogui on the SDK it was written for: a virtual environment of its own, made when it is first needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from mcp import StdioServerParameters

FOLDER = Path(sys.prefix) / "contenders" / "mcp-pyautogui"
PACKAGES = ("mcp-pyautogui==0.0.6", "mcp<2", "pillow", "pyautogui")


def server(display: str, folder: Path) -> StdioServerParameters:
    """How to start it on a display, its pictures going into `folder`.

    An empty program called gnome-screenshot has its screenshots taken in memory, which is the fastest way it has; and
    it dies without an X authority file, be it an empty one.

    Raises:
        CalledProcessError: pip cannot install it.
    """
    python = FOLDER / "bin" / "python"
    if not (FOLDER / "installed").exists():
        subprocess.run([sys.executable, "-m", "venv", str(FOLDER)], check=True)
        subprocess.run(
            [str(python), "-m", "pip", "--disable-pip-version-check", "-q", "install", *PACKAGES], check=True
        )
        (FOLDER / "installed").touch()
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
    return StdioServerParameters(command=str(FOLDER / "bin" / "mcp-pyautogui"), env=environment, cwd=folder)
