"""A player that is played through a real window: keys and mouse reach an SDL program, which plays the client."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop_control import stage
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import Runtime
from timmy_actors.daemon import DesktopSettings, JournalSettings, Settings, SteamSettings
from timmy_actors.protocol import Action
from timmy_actors.system import config_folder
from timmy_actors.worlds import CompositeBody, PlayerBody, Point, Walk, WorldInterface, go_to, pick_up
from timmy_actors.worlds.composite import PIXELS_PER_RADIAN, turn_to

HOME = {"cell": "-2, -9", "x": -11264, "y": -70912, "z": 222}
W, S = 26, 22
"""Scancodes."""
LONGEST_S = 60


@pytest.fixture(scope="module")
def screen() -> Iterator[stage.Screen]:
    stage.skip_unless_installed()
    with tempfile.TemporaryDirectory(prefix="ta-screen-") as folder, stage.Screen(Path(folder)) as running:
        yield running


@pytest.fixture(scope="module")
def runtime(screen: stage.Screen) -> Iterator[Runtime]:
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
            yield runtime


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
def body(screen: stage.Screen, runtime: Runtime) -> Iterator[CompositeBody]:
    script = str(Path(stage.__file__).with_name("sdl_events.py"))
    player = PlayerBody(runtime)
    player.observe(after=player.act(Action(action="teleport", params=HOME)), deadline_s=PATIENCE_S)
    command = (sys.executable, script, "OpenMW", "captured")
    with screen.program("OpenMW", *command, stdout=subprocess.PIPE, text=True) as window:
        client = Client(runtime, window)
        client.start()
        eventually(lambda: runtime.execute("focus_window").success, PATIENCE_S)
        yield CompositeBody(runtime)
    client.join()


def test_a_held_key_moves_the_player_and_the_bridge_perceives_it(body: CompositeBody) -> None:
    assert isinstance(body, WorldInterface)
    before = body.observe().position
    result, seen = body.act(Walk(seconds=1), observe=True)
    assert (result.success, result.binding) == (True, "hold_key")
    assert before is not None
    assert seen.position is not None
    assert math.dist((before.x, before.y), (seen.position.x, seen.position.y)) > 50


def test_it_goes_to_a_point_through_the_window(body: CompositeBody) -> None:
    done = body.perform(go_to(Point(-11600, -70700), within=150), deadline_s=PATIENCE_S)
    assert done.success, done.reason
    assert done.seen is not None
    assert done.seen.position is not None
    assert math.dist((done.seen.position.x, done.seen.position.y), (-11600, -70700)) <= 150


def test_a_window_that_ignores_its_keys_ends_the_attempt_with_a_reason(
    screen: stage.Screen, runtime: Runtime, body: CompositeBody
) -> None:
    del body
    with screen.program("Other", "xterm", "-T", "Other"):
        assert runtime.execute("focus_window", title="Other").success
        done = CompositeBody(runtime).perform(go_to(Point(-15000, -76000)), deadline_s=PATIENCE_S)
    assert done.outcome == "failed"
    assert "not_focused" in str(done.reason)


def test_what_the_portal_has_no_binding_for_is_left_to_the_bridge(body: CompositeBody) -> None:
    assert body.act(Action(action="swim")).code == "needs_client_input"
    assert body.perform(pick_up("nothing"), deadline_s=5).outcome == "failed"


@pytest.mark.parametrize(("yaw", "current", "by"), [(90, 0, 90), (350, 10, -20), (10, 350, 20), (-90, 270, 0)])
def test_a_turn_takes_the_shorter_way(yaw: float, current: float, by: float) -> None:
    assert turn_to(yaw, current) == by
