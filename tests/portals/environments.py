"""Environments of their own for other people's servers, on the SDK that each is pinned to: made once, and kept."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MADE_WITHIN_S = 300
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "timmy-actors-tests"
PYAUTOGUI = ("mcp>=1.30,<2", "mcp-pyautogui==0.0.6", "pillow")
STEAM_INFO = ("mcp>=1.30,<2", "steam-info-mcp==0.1.1")
STEAM_MCP = ("mcp>=2.3,<3", "steam-mcp==1.19.0")


def environment(*packages: str) -> Path:
    """The folder with the programs of an environment that has these packages; skips the test where none can be made."""
    try:
        return made(*packages)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"no environment with {', '.join(packages)} can be made here: {error}")


def made(*packages: str) -> Path:
    """The same.

    Raises:
        CalledProcessError, TimeoutExpired: pip cannot install them.
    """
    name = hashlib.sha256(" ".join((*packages, sys.version)).encode()).hexdigest()[:16]
    folder = CACHE / name
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            _make(folder, packages)
    return folder / "bin"


def _make(folder: Path, packages: tuple[str, ...]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", *packages]
    for command in ([sys.executable, "-m", "venv", str(folder)], pip):
        subprocess.run(command, check=True, capture_output=True, timeout=MADE_WITHIN_S)
    (folder / "complete").touch()
