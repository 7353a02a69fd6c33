"""The wheel in empty environments, on each Python of this machine, and with pipx; the list of third parties."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.daemon import DaemonProcess
from tools import third_party

CHECKOUT = Path(__file__).parents[2]
INSTALLS_WITHIN_S = 900
PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet")


def pythons() -> Iterator[str]:
    """The supported versions of Python that are installed here: on the path, or by pyenv."""
    for minor in (11, 12, 13, 14):
        installed = sorted(Path("~/.pyenv/versions").expanduser().glob(f"3.{minor}.*/bin/python3"))
        program = shutil.which(f"python3.{minor}") or (str(installed[-1]) if installed else None)
        if program and subprocess.run([program, "-c", "import venv"], capture_output=True, check=False).returncode == 0:
            yield program


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    source = folder / "source"
    shutil.copytree(CHECKOUT, source, ignore=shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__"))
    subprocess.run([sys.executable, *PIP, "wheel", "--no-deps", "--wheel-dir", str(folder), str(source)], check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.mark.timeout(INSTALLS_WITHIN_S)
@pytest.mark.parametrize("python", list(pythons()))
def test_the_wheel_works_in_an_empty_environment(
    python: str, wheel: Path, tmp_path: Path, runtime_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = tmp_path / "env"
    subprocess.run([python, "-m", "venv", str(environment)], check=True)
    subprocess.run([str(environment / "bin" / "python"), *PIP, "install", f"{wheel}[all]"], check=True)
    works(environment / "bin" / "timmy-actors", runtime_folder, monkeypatch)


@pytest.mark.timeout(INSTALLS_WITHIN_S)
def test_pipx_installs_it(wheel: Path, tmp_path: Path, runtime_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    subprocess.run([str(environment / "bin" / "python"), *PIP, "install", "pipx==1.18.4"], check=True)
    monkeypatch.setenv("PIPX_HOME", str(tmp_path / "pipx"))
    monkeypatch.setenv("PIPX_BIN_DIR", str(tmp_path / "bin"))
    subprocess.run([str(environment / "bin" / "pipx"), "install", "--quiet", f"{wheel}[all]"], check=True)
    works(tmp_path / "bin" / "timmy-actors", runtime_folder, monkeypatch)


def works(program: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run what a newcomer runs, from the wheel alone."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    with DaemonProcess(folder, program=[str(program)]) as process:
        process.connect().close()
        environment = {**os.environ, "TIMMY_ENDPOINT": process.endpoint}

        def run(*arguments: str) -> str:
            command = [str(program), *arguments]
            return subprocess.run(
                command, env=environment, cwd=folder, capture_output=True, text=True, check=True
            ).stdout

        assert "-3, -2" in run("do", "teleport", "to=Balmora")
        assert "reach-tradehouse" in run("tasks", "list")
        assert "configuration" in run("doctor")
        assert run("mcp", "--help").startswith("Usage")
        assert run("world", "--help").startswith("Usage")


def test_the_list_of_third_parties_is_that_of_this_environment() -> None:
    listed = (CHECKOUT / "THIRD-PARTY.md").read_text(encoding="utf-8")
    assert _names(listed) == _names(third_party.current())


def _names(page: str) -> list[str]:
    return [line.split(" | ")[0] for line in page.splitlines() if line.startswith("| ")]
