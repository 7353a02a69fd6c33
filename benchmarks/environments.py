"""Environments of their own for other people's servers, on the SDK that each is pinned to: made once, and kept."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

MADE_WITHIN_S = 1_200
CACHE = Path(__file__).parents[1] / ".cache"
"""In the checkout, which git ignores: nothing outside it changes."""
INSTALLERS = {"PIP_CACHE_DIR": str(CACHE / "pip"), "npm_config_cache": str(CACHE / "npm")}
"""Where pip and npm keep what they fetched, and npm its logs, unless the environment says otherwise."""
PYAUTOGUI = ("mcp>=1.30,<2", "mcp-pyautogui==0.0.6", "pillow")


@dataclass(frozen=True)
class BuildSettings:
    """How packages are built that are there as source only."""

    variables: Mapping[str, str] = field(default_factory=dict)
    """Of the environment of pip."""
    within_s: float = MADE_WITHIN_S
    bare: tuple[str, ...] = ()
    """Packages that are installed last, without what they ask for: it is named beside them, in other versions."""


AS_IT_IS = BuildSettings()


def python_environment(*packages: str, build: BuildSettings = AS_IT_IS) -> Path:
    """The folder with the programs of an environment that has these packages.

    Raises:
        CalledProcessError, TimeoutExpired: pip cannot install them.
    """
    key = (*packages, *build.bare, *(f"{name}={value}" for name, value in build.variables.items()), sys.version)
    return _kept(key, lambda folder: _make(folder, packages, build)) / "bin"


def npm_folder(*packages: str) -> Path:
    """A folder with these packages of npm.

    Raises:
        CalledProcessError, TimeoutExpired: npm cannot install them.
    """
    return _kept(packages, lambda folder: _make_for_node(folder, packages))


def _kept(key: tuple[str, ...], make: Callable[[Path], None]) -> Path:
    folder = CACHE / "environments" / hashlib.sha256(" ".join(key).encode()).hexdigest()[:16]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(folder)
            (folder / "complete").touch()
    return folder


def installing() -> dict[str, str]:
    """The environment for a program that installs something."""
    return {**INSTALLERS, **os.environ}


def _make(folder: Path, packages: tuple[str, ...], build: BuildSettings) -> None:
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    commands = [[sys.executable, "-m", "venv", str(folder)], [*pip, *packages]]
    if build.bare:
        commands.append([*pip, "--no-deps", *build.bare])
    for command in commands:
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            timeout=build.within_s,
            env={**os.environ, **INSTALLERS, **build.variables},
        )


def _make_for_node(folder: Path, packages: tuple[str, ...]) -> None:
    folder.mkdir()
    command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), *packages]
    subprocess.run(command, check=True, capture_output=True, timeout=MADE_WITHIN_S, cwd=folder, env=installing())
