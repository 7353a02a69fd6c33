"""The heartbeat through a portal: it sees a real window and the world beside it, and plays with keys."""

from __future__ import annotations

import json
import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.desktop_control.stage import Screen, SdlGame, server_pid, skip_unless_installed
from tests.end_to_end.test_heartbeat import episode, until
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import Runtime
from timmy_actors.daemon import Settings
from timmy_actors.protocol import Perceives
from timmy_actors.system import config_folder

pytest.importorskip("lupa.luajit21")

W, J = 26, 13
"""Scancodes."""
FORWARD = {"tool": "execute_action", "arguments": {"action": "forward 0.2s"}}
JOURNAL = {"tool": "execute_action", "arguments": {"action": "journal"}}
TURN = {"tool": "turn", "arguments": {"yaw": 90}}
FINISH = {"tool": "finish", "arguments": {"reason": "seen"}}


class Game(SdlGame):
    """A window with the title that the portal `morrowind` looks for."""

    TITLE = "OpenMW"


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    skip_unless_installed()
    with tempfile.TemporaryDirectory(prefix="ta-screen-") as folder, Screen(Path(folder)) as running:
        yield running


@contextmanager
def playing(
    screen: Screen, folder: Path, script: list[dict[str, Any]], *, perceives: Perceives, **scripted: Any
) -> Iterator[Runtime]:
    """A daemon whose heartbeat plays a script in the screen's window."""
    file = folder / "script.yaml"
    file.write_text(json.dumps([{"calls": [call]} for call in script]))
    settings = Settings.model_validate(
        {
            "portal": "morrowind",
            "steam": {"command": ()},
            "desktop": {"captures_folder": str(folder / "captures")},
            "journal": {"file": str(folder / "journal")},
            "recording": {"folder": str(folder / "episodes")},
            "heartbeat": {
                "enabled": True,
                "rate_hz": 4.0,
                "perceives": perceives,
                "perceive_timeout_s": PATIENCE_S,
                "act_timeout_s": PATIENCE_S,
                "repeats": 1_000,
                "policy": "scripted",
                "scripted": {"file": str(file), **scripted},
            },
        }
    )
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DISPLAY", "XDG_RUNTIME_DIR", "HOME"):
            patch.setenv(name, screen.environment[name])
        with Runtime(settings, folder=config_folder(), endpoint=f"ipc://{folder}/daemon") as runtime:
            yield runtime


def test_it_sees_the_window_beside_the_world_and_acts_in_both(screen: Screen, runtime_folder: Path) -> None:
    script = [FORWARD, TURN, JOURNAL, FINISH]
    with Game(screen).shown() as game, playing(screen, runtime_folder, script, perceives="both") as runtime:
        until(runtime, episode=None, reason="seen")
        keys = {event[1] for event in game.until("down", count=2)}
    assert {W, J} <= keys
    run = episode(runtime_folder)
    assert run.head is not None
    assert (run.head.meta["portal"], run.head.meta["world"]) == ("morrowind", "vvardenfell")
    assert [beat.outcome for beat in run.beats] == ["acted", "acted", "acted", "waited"]
    for beat in run.beats:
        assert beat.picture is not None
        assert (run.folder / beat.picture.path).read_bytes().startswith(b"\xff\xd8")
        assert beat.observation["portal"]["portal_id"] == "morrowind"
        assert beat.observation["position"]["cell"] == "-2, -9"
    assert run.beats[0].results[0].value["action"] == "hold_key"
    assert run.beats[2].results[0].value["params"]["key"] == "j"


def test_it_waits_while_the_portals_server_is_down_and_goes_on_by_itself(screen: Screen, runtime_folder: Path) -> None:
    with (
        Game(screen).shown(),
        playing(screen, runtime_folder, [JOURNAL], perceives="portal", repeats=True) as runtime,
    ):
        eventually(lambda: runtime.heartbeat().beats >= 2)
        server = server_pid(screen)
        os.kill(server, signal.SIGKILL)
        eventually(lambda: server_pid(screen) != server)
        recovered = runtime.heartbeat().beats
        eventually(lambda: runtime.heartbeat().beats >= recovered + 2)
        runtime.heartbeat("stop")
        until(runtime, episode=None)
    outcomes = [beat.outcome for beat in episode(runtime_folder).beats]
    assert outcomes[0] == outcomes[-1] == "acted"
    assert set(outcomes) <= {"acted", "failed", "in_doubt"}
