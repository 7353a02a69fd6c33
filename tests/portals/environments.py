"""Environments of their own for other people's servers and clients, each on its own SDK: made once, and kept."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

MADE_WITHIN_S = 300
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "timmy-actors-tests"
PYAUTOGUI = ("mcp>=1.30,<2", "mcp-pyautogui==0.0.6", "pillow")
STEAM_INFO = ("mcp>=1.30,<2", "steam-info-mcp==0.1.1")
STEAM_MCP = ("mcp>=2.3,<3", "steam-mcp==1.19.0")
PYTHON_SDK_1 = ("mcp==1.30.0",)
FASTMCP = ("fastmcp==4.2.3",)
TYPESCRIPT_SDK = ("@modelcontextprotocol/sdk@1.32.2",)
"""Of npm; runs on Node 20."""


def environment(*packages: str) -> Path:
    """The folder with the programs of an environment that has these packages; skips the test where none can be made."""
    try:
        return made(*packages)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"no environment with {', '.join(packages)} can be made here: {error}")


def node_environment(*packages: str) -> Path:
    """A folder with npm's packages in it; skips the test where they cannot be installed."""
    missing = [program for program in ("node", "npm") if shutil.which(program) is None]
    if missing:
        pytest.skip(f"apt install nodejs npm: {' and '.join(missing)} is missing")
    try:
        return _kept(packages, _make_for_node)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"npm cannot install {', '.join(packages)}: {error}")


def made(*packages: str) -> Path:
    """The same as `environment`.

    Raises:
        CalledProcessError, TimeoutExpired: pip cannot install them.
    """
    return _kept((*packages, sys.version), _make) / "bin"


def _kept(packages: tuple[str, ...], make: Callable[[Path, tuple[str, ...]], None]) -> Path:
    name = hashlib.sha256(" ".join(packages).encode()).hexdigest()[:16]
    folder = CACHE / name
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(folder, packages)
            (folder / "complete").touch()
    return folder


def _make(folder: Path, packages: tuple[str, ...]) -> None:
    python = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    for command in ([sys.executable, "-m", "venv", str(folder)], [*python, *packages[:-1]]):
        subprocess.run(command, check=True, capture_output=True, timeout=MADE_WITHIN_S)


def _make_for_node(folder: Path, packages: tuple[str, ...]) -> None:
    folder.mkdir()
    command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), *packages]
    subprocess.run(command, check=True, capture_output=True, timeout=MADE_WITHIN_S, cwd=folder)
