"""The test land, written once."""

from __future__ import annotations

from pathlib import Path

import pytest

from timmy_actors.gamedata import build_index
from tools.test_land import load_scene, write

pytest.importorskip("lupa", reason="the test land is read from the simulator: pip install lupa")


@pytest.fixture(scope="session")
def land() -> bytes:
    """The test land's plugin."""
    return write(load_scene())


@pytest.fixture(scope="session")
def land_index(land: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the test land."""
    folder = tmp_path_factory.mktemp("land")
    (folder / "land.omwaddon").write_bytes(land)
    build_index([folder / "land.omwaddon"], folder / "index.sqlite")
    return folder / "index.sqlite"
