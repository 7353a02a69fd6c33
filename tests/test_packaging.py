"""The units for systemd: systemd accepts them, their sandbox is tight, and the daemon knows their options."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from timmy_actors.cli.operate import run

PACKAGING = Path(__file__).parents[1] / "packaging"
UNITS = ("timmy-actors.service", "timmy-actors@.service")
EXPOSURE = 11
"""The highest exposure that `systemd-analyze security` may compute, in tenths; a unit without a sandbox has 96."""

pytestmark = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def installed(name: str, folder: Path) -> Path:
    """A copy of a unit whose program exists."""
    unit = folder / name
    unit.write_text((PACKAGING / name).read_text().replace("/opt/timmy/bin/timmy-actors", sys.executable))
    return unit


@pytest.mark.parametrize("name", UNITS)
def test_systemd_accepts_the_unit(name: str, tmp_path: Path) -> None:
    command = ["systemd-analyze", "verify", "--man=no", str(installed(name, tmp_path))]
    verified = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


@pytest.mark.parametrize("name", UNITS)
def test_the_sandbox_is_tight(name: str, tmp_path: Path) -> None:
    unit = str(installed(name, tmp_path))
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE}", unit]
    rated = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert rated.returncode == 0, rated.stdout + rated.stderr


def test_a_unit_without_its_sandbox_would_not_pass(tmp_path: Path) -> None:
    unit = tmp_path / "open.service"
    unit.write_text(f"[Service]\nExecStart={sys.executable}\n")
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE}", str(unit)]
    assert subprocess.run(command, capture_output=True, timeout=60, check=False).returncode != 0


def test_the_two_units_differ_only_in_names() -> None:
    one, many = ((PACKAGING / name).read_text() for name in UNITS)
    one_keys, many_keys = (re.findall(r"^[A-Z]\w+=", text, re.MULTILINE) for text in (one, many))
    assert one_keys == many_keys
    differing = [line for line in many.splitlines() if line not in one.splitlines()]
    assert all("%i" in line or line.startswith("#") for line in differing)


@pytest.mark.parametrize("name", UNITS)
def test_the_command_line_is_one_that_the_daemon_knows(name: str) -> None:
    command = re.search(r"^ExecStart=\S+ run (.*)$", (PACKAGING / name).read_text(), re.MULTILINE)
    assert command is not None
    options = re.findall(r"--[\w-]+", command[1])
    assert set(options) <= {option for parameter in run.params for option in parameter.opts}
