"""A runtime on the embedded world and a screen, and a window that plays the simulated client as a game's does."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.waiting import PATIENCE_S, eventually
from timmy_actors import Runtime
from timmy_actors.daemon import DesktopSettings, JournalSettings, Settings, SteamSettings
from timmy_actors.protocol import Action
from timmy_actors.system import config_folder
from timmy_actors.worlds import PlayerBody, Turn
from timmy_actors.worlds.window_input import PIXELS_PER_RADIAN

if TYPE_CHECKING:
    from tests.desktop_control.stage import Screen

HOME = {"cell": "-2, -9", "x": -11264, "y": -70912, "z": 222}
"""Where every test begins."""
W, S = 26, 22
"""Scancodes."""
LONGEST_S = 60


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    from tests.desktop_control.stage import Screen, skip_unless_installed

    skip_unless_installed()
    with tempfile.TemporaryDirectory(prefix="ta-screen-") as folder, Screen(Path(folder)) as running:
        yield running


@pytest.fixture(scope="module")
def world(screen: Screen) -> Iterator[Runtime]:
    """A daemon whose portal uses the screen."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="ta-") as folder:
        for name in ("DISPLAY", "XDG_RUNTIME_DIR", "HOME"):
            patch.setenv(name, screen.environment[name])
        settings = Settings(
            desktop=DesktopSettings(captures_folder=f"{folder}/captures"),
            steam=SteamSettings(command=()),
            journal=JournalSettings(file=f"{folder}/journal"),
            portal="morrowind",
        )
        with Runtime(settings, folder=config_folder(), endpoint=f"ipc://{folder}/daemon.sock") as runtime:
            runtime.wait_ready(PATIENCE_S)
            runtime.capture(timeout_s=PATIENCE_S)  # starts the desktop server
            PlayerBody(runtime, "Jiub").act(Turn(yaw=0))  # it is played now, so it stays where it is
            yield runtime


@pytest.fixture
def timmy(world: Runtime) -> PlayerBody:
    """The player, at home and standing."""
    body = PlayerBody(world)
    body.act(Action(action="stop_moving"))
    assert body.observe(after=body.act(Action(action="teleport", params=HOME)), deadline_s=PATIENCE_S).position
    return body


class Client(threading.Thread):
    """Plays the simulated client as a game's window does: W and S walk while they are held, the mouse turns."""

    def __init__(self, runtime: Runtime, window: subprocess.Popen[str]) -> None:
        super().__init__(daemon=True)
        self._runtime = runtime
        self._window = window

    def run(self) -> None:
        assert self._window.stdout is not None
        with self._window.stdout as lines:
            for line in lines:
                self._play(*json.loads(line))

    def _play(self, kind: str, *values: int) -> None:
        match kind, values:
            case "down", (int() as scancode, 0) if scancode in (W, S):
                direction = "forward" if scancode == W else "back"
                self._runtime.submit("run", direction=direction, seconds=LONGEST_S, timeout_s=LONGEST_S)
            case "up", (int() as scancode, _) if scancode in (W, S):
                self._runtime.command("stop_moving")
            case "moved", (int() as dx, _) if dx:
                self._runtime.command("turn", by=math.degrees(dx / PIXELS_PER_RADIAN))


@pytest.fixture
def window(screen: Screen, world: Runtime, timmy: PlayerBody) -> Iterator[None]:
    """The game's window, in front; the player is at home."""
    del timmy
    from tests.desktop_control import sdl_events

    command = (sys.executable, str(Path(sdl_events.__file__)), "OpenMW", "captured")
    with screen.program("OpenMW", *command, stdout=subprocess.PIPE, text=True) as process:
        client = Client(world, process)
        client.start()
        eventually(lambda: world.execute("focus_window").success, PATIENCE_S)
        yield
    client.join()
