"""Programs of npm's, installed for a test module from the registry."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

INSTALL_WITHIN_S = 90


def need(program: str) -> str:
    """A program's path; without it the test is skipped, and fails in CI."""
    path = shutil.which(program)
    return path if path is not None else _give_up(f"{program} is not installed (Debian: apt install nodejs npm)")


def install(package: str, folder: Path) -> Path:
    """Install a package into a folder; without the registry there is nothing to try."""
    need("node")
    command = [need("npm"), "install", "--no-audit", "--no-fund", "--prefix", str(folder), package]
    done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_WITHIN_S, check=False, cwd=folder)
    if done.returncode != 0:
        _give_up(f"npm could not install {package}: {done.stderr.strip()[-300:]}")
    return folder


def _give_up(reason: str) -> str:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
