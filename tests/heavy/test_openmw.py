"""OpenMW 0.47 (Debian's `openmw`) starts the test land as a game of its own, without any game data."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PIL import Image
from Xlib import X

from tests.desktop_control.stage import Screen
from tests.waiting import eventually
from tools.test_game import NAME, write_game

OPENMW, RESOURCES = "/usr/games/openmw", "/usr/share/games/openmw/resources"
STARTS_WITHIN_S = 180.0
"""It draws in software."""
MOST_OF_ITS_HALF = 100_000
"""Pixels of a window of 800 x 600."""


@pytest.fixture(scope="module")
def game(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Screen, Path]]:
    """The running game's screen, and its log."""
    pytest.importorskip("lupa", reason="the test land is read from the simulator: pip install lupa")
    if shutil.which(OPENMW) is None or shutil.which("Xvfb") is None:
        pytest.skip("apt install openmw xvfb")
    folder = tmp_path_factory.mktemp("game")
    write_game(folder)
    log = folder / "log"
    with tempfile.TemporaryDirectory(prefix="ta-screen-") as place, Screen(Path(place), managed=False) as screen:
        environment = {**os.environ, **screen.environment, "HOME": str(folder), "LIBGL_ALWAYS_SOFTWARE": "1"}
        environment |= {"XDG_CONFIG_HOME": str(folder / ".config"), "XDG_DATA_HOME": str(folder / ".data")}
        command = [OPENMW, f"--data={folder}", f"--content={NAME}", f"--resources={RESOURCES}", "--skip-menu"]
        command += ["--start=-2,-9", "--no-sound", "--no-grab"]
        with (
            log.open("wb") as out,
            subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out) as running,
        ):
            try:
                yield screen, log
            finally:
                running.kill()


def colours(screen: Screen) -> list[tuple[int, tuple[int, int, int]]]:
    """How many pixels of the screen have each colour."""
    root = screen.x.screen().root
    size = root.get_geometry()
    raw = root.get_image(0, 0, size.width, size.height, X.ZPixmap, 0xFFFFFFFF).data
    picture = Image.frombytes("RGB", (size.width, size.height), raw, "raw", "BGRX")
    return cast("list[tuple[int, tuple[int, int, int]]]", picture.getcolors(size.width * size.height))


def test_the_land_is_loaded_and_seen(game: tuple[Screen, Path]) -> None:
    screen, log = game
    eventually(lambda: "Loading cell Seyda Neen (-2, -9)" in log.read_text(errors="replace"), STARTS_WITHIN_S)

    def sees_land_and_sky() -> bool:
        seen = colours(screen)
        land = sum(count for count, (red, green, blue) in seen if green > red > blue)  # as GRASS, lit by the sun
        sky = sum(count for count, (red, green, blue) in seen if blue > green > red)
        return min(land, sky) > MOST_OF_ITS_HALF

    eventually(sees_land_and_sky, STARTS_WITHIN_S)
    text = log.read_text(errors="replace")
    assert "Failed to start new game" not in text
    assert "Fatal" not in text
