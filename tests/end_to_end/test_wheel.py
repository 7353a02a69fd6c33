from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.end_to_end.daemon import DaemonProcess

CHECKOUT = Path(__file__).parents[2]
SHIPPED = {"lua": "lua", "config": "config", "tasks": "tasks", "training": "training", "docs/protocol/schema": "schema"}
"""Folders that ship beside the package, by the name that they have in it."""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with nothing but the wheel and what it needs."""
    folder = tmp_path_factory.mktemp("wheel")
    # From a copy: building leaves its traces beside what it builds.
    source = folder / "source"
    shutil.copytree(CHECKOUT, source, ignore=shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__"))
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", str(folder), str(source)], check=True, cwd=folder)
    (wheel,) = folder.glob("timmy_actors-*.whl")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True)
    python = folder / "env" / "bin" / "python"
    install = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--no-compile"]
    subprocess.run([*install, f"{wheel}[all]"], check=True, cwd=folder)
    return python.parent / "timmy-actors"


@pytest.mark.timeout(600)  # the packages are installed within it, on a machine that may be busy
def test_the_wheel_alone_runs_the_daemon_and_its_world(
    installed: Path, runtime_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    with DaemonProcess(runtime_folder, program=[str(installed)]) as process, process.connect() as daemon:
        position = daemon.snapshot().position
        assert position is not None
        assert position.place == "Seyda Neen"
        environment = {**os.environ, "TIMMY_ENDPOINT": process.endpoint}
        done = subprocess.run(
            [str(installed), "do", "teleport", "to=Balmora"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert "-3, -2" in done.stdout


def test_the_wheel_has_every_file_that_git_has(installed: Path) -> None:
    """Of the package, and of the folders that ship beside it; and nothing of `tests/` and `tools/`."""
    (wheel,) = installed.parents[2].glob("timmy_actors-*.whl")
    with ZipFile(wheel) as archive:
        there = {name for name in archive.namelist() if ".dist-info/" not in name}
    command = ["git", "ls-files", "timmy_actors", *SHIPPED]
    tracked = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout.split()
    assert there == set(map(in_wheel, tracked)) - {f"timmy_actors/_shipped/{name}" for name in SHIPPED.values()}


def in_wheel(tracked: str) -> str:
    """The name in the wheel of a file of the checkout."""
    for folder, name in SHIPPED.items():
        if tracked.startswith(f"{folder}/"):
            return f"timmy_actors/_shipped/{name}{tracked.removeprefix(folder)}"
    return tracked
