"""Third-party servers and clients in their own environments; a test is skipped if its environment cannot be created."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from benchmarks.environments import AS_IT_IS, PYAUTOGUI, BuildSettings, npm_folder, python_environment

STEAM_INFO = ("mcp>=1.30,<2", "steam-info-mcp==0.1.1")
STEAM_MCP = ("mcp>=2.3,<3", "steam-mcp==1.19.0")
PYTHON_SDK_1 = ("mcp==1.30.0",)
FASTMCP = ("fastmcp==4.2.3",)
TYPESCRIPT_SDK = ("@modelcontextprotocol/sdk@1.32.2",)
"""An npm package; runs on Node 20."""

__all__ = [
    "FASTMCP",
    "PYAUTOGUI",
    "PYTHON_SDK_1",
    "STEAM_INFO",
    "STEAM_MCP",
    "TYPESCRIPT_SDK",
    "environment",
    "node_environment",
]


def environment(*packages: str, build: BuildSettings = AS_IT_IS) -> Path:
    """The folder with the programs of an environment with these packages; skips the test if that cannot be created."""
    try:
        return python_environment(*packages, build=build)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"no environment with {', '.join(packages)} can be created here: {error}")


def node_environment(*packages: str) -> Path:
    """A folder with the installed npm packages; skips the test if they cannot be installed."""
    missing = [program for program in ("node", "npm") if shutil.which(program) is None]
    if missing:
        pytest.skip(f"apt install nodejs npm: {' and '.join(missing)} is missing")
    try:
        return npm_folder(*packages)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"npm cannot install {', '.join(packages)}: {error}")
