from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.daemon import DaemonProcess

CHECKOUT = Path(__file__).parents[2]


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


def test_the_wheel_has_every_package() -> None:
    settings = configparser.ConfigParser()
    settings.read(CHECKOUT / "setup.cfg")
    named = settings["options"]["packages"].split()
    there = {
        ".".join(each.parent.relative_to(CHECKOUT).parts) for each in (CHECKOUT / "timmy_actors").rglob("__init__.py")
    }
    assert there - set(named) == set()
