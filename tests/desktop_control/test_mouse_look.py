"""The mouse turns the view of a real game: chocolate-doom (Debian 12: 3.0.1+really3.0.0) with freedoom 0.12.1."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from tests.desktop_control.stage import Screen, Server
from tests.waiting import eventually

GAME, LEVELS = "/usr/games/chocolate-doom", Path("/usr/share/games/doom/freedoom1.wad")
TITLE = "Freedoom: Phase 1*"
VIEW = (40, 80, 760, 400)
"""The part of the window that shows the world, without the player's status."""
NOTICEABLE = 16
"""Of 255: lamps flicker by less."""


@pytest.fixture
def game(screen: Screen, server: Server) -> Iterator[None]:
    """The game in its first level, without monsters, in a window that has the focus."""
    if shutil.which(GAME) is None or not LEVELS.exists():
        pytest.skip("apt install chocolate-doom freedoom")
    files = [f"-{name} {screen.folder / name}.cfg" for name in ("config", "extraconfig")]
    options = f"-iwad {LEVELS} -warp 1 1 -skill 1 -nomonsters -window -nosound {' '.join(files)}"
    with screen.started(GAME, *options.split()):
        eventually(lambda: [each for each in server.do("list_windows")["windows"] if "Freedoom" in each["title"]])
        server.do("focus_window", title=TITLE)
        server.do("take_screenshot", window_title=TITLE, wait_until="stable", wait_s=30)
        yield


def view(server: Server) -> Image.Image:
    """What the game shows once it no longer moves."""
    return server.picture(window_title=TITLE, wait_until="stable", wait_s=30).crop(VIEW)


def difference(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that differ noticeably."""
    changed = ImageChops.difference(one, other).convert("L").histogram()[NOTICEABLE:]
    return sum(changed) / (one.width * one.height)


def test_a_relative_movement_turns_the_view_and_the_opposite_one_turns_it_back(server: Server, game: None) -> None:
    ahead = view(server)
    server.do("move_relative", dx=200, dy=0, window_title=TITLE)
    right = view(server)
    server.do("move_relative", dx=-200, dy=0, window_title=TITLE)
    again = view(server)
    server.do("move_relative", dx=-200, dy=0, window_title=TITLE)
    left = view(server)
    assert difference(ahead, again) < 0.05
    assert min(difference(ahead, right), difference(ahead, left), difference(left, right)) > 0.2
