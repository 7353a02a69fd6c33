"""Other people's servers in environments of their own; the test is skipped where none can be made."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks.environments import PYAUTOGUI, made

STEAM_INFO = ("mcp>=1.30,<2", "steam-info-mcp==0.1.1")

__all__ = ["PYAUTOGUI", "STEAM_INFO", "environment"]


def environment(*packages: str) -> Path:
    """The folder with the programs of an environment that has these packages; skips the test where none can be made."""
    try:
        return made(*packages)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"no environment with {', '.join(packages)} can be made here: {error}")
