"""A second user of this machine, for tests of permissions."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

UID = 64_123
"""A user id that no distribution uses; it needs no entry in the system's list of users."""


def need_second_user() -> int:
    """The second user's id; without root the test is skipped, or fails in CI."""
    if os.geteuid() == 0 and shutil.which("setpriv"):
        return UID
    reason = "only root can act as a second user, with setpriv (Debian: util-linux)"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def as_second_user(command: Sequence[str | Path]) -> list[str]:
    """The command line that runs `command` as the second user."""
    return [
        "setpriv",
        f"--reuid={UID}",
        f"--regid={UID}",
        "--clear-groups",
        "--inh-caps=-all",
        "--",
        *map(str, command),
    ]


def run_as_second_user(command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
    """Run a command as the second user, and wait for its end."""
    return subprocess.run(as_second_user(command), capture_output=True, text=True, check=False, timeout=60)


def let_enter(folder: Path) -> None:
    """Let all users enter a temporary folder of the tests."""
    top = Path(tempfile.gettempdir())
    for step in [folder, *folder.parents]:
        if step != top and step.is_relative_to(top):
            step.chmod(step.stat().st_mode | 0o011)
