"""One screen for the tests of a file that need a real one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.desktop_control.stage import Screen


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    """A screen with a window manager."""
    from tests.desktop_control.stage import Screen, skip_unless_installed

    skip_unless_installed()
    with tempfile.TemporaryDirectory(prefix="ta-screen-") as folder, Screen(Path(folder)) as running:
        yield running
