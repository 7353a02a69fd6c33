"""The journal of each test."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def path(runtime_folder: Path) -> Path:
    return runtime_folder / "timmy.journal"
