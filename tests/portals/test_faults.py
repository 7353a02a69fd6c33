from __future__ import annotations

import importlib.util
import os
import signal
import threading
from pathlib import Path

import pytest

from tests.portals.desktops import codes, desktop
from tests.portals.sessions import raw
from tests.waiting import eventually
from timmy_actors.protocol import ActionResult, GameState


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_server_that_dies_during_an_action_leaves_it_unknown_and_done_once(tmp_path: Path, number: int) -> None:
    with desktop(tmp_path, probe_interval_s=0.3) as running:
        first = running.pid() if running.runtime.capture() else 0
        running.fault("slow 30")
        results: list[ActionResult] = []
        acting = threading.Thread(target=lambda: results.append(running.runtime.execute("press_key", key="a")))
        acting.start()
        eventually(running.actions)
        running.fault("")
        os.kill(first, number)
        acting.join(60)
        assert [(result.success, result.outcome) for result in results] == [(False, "unknown")]
        assert len(running.actions()) == 1
        assert codes(running.runtime.capture(timeout_s=30)) == {}
        assert running.pid() != first
        assert running.runtime.execute("press_key", key="b").success


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_server_that_dies_during_a_look_is_asked_again_when_it_is_back(tmp_path: Path, number: int) -> None:
    with desktop(tmp_path) as running:
        running.runtime.capture()
        first = running.pid()
        running.fault("slow 20")
        states: list[GameState] = []
        looking = threading.Thread(target=lambda: states.append(running.runtime.capture(timeout_s=40)))
        looking.start()
        running.fault("")
        os.kill(first, number)
        looking.join(60)
        assert codes(states[0]) == {}
        assert running.pid() != first


def test_a_daemon_without_the_package_says_so_and_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with desktop(tmp_path) as running:
        state = running.runtime.capture()
        assert {problem.code for problem in state.problems if problem.what.startswith("visual")} == {
            "server_unavailable"
        }
        assert "pip install 'timmy_actors[portals]'" in state.problems[0].message
        result = running.runtime.execute("journal")
        assert (result.outcome, "pip install" in str(result.reason)) == ("refused", True)


def test_a_server_that_dies_at_import_is_told_at_once_after_a_few_tries(tmp_path: Path) -> None:
    with desktop(tmp_path, command=raw("dies")) as running:
        state = running.runtime.capture(timeout_s=30)
        assert {problem.code for problem in state.problems if problem.what.startswith("visual")} == {
            "server_unavailable"
        }
        assert "No module named 'mcp.server.fastmcp'" in state.problems[0].message
        assert running.runtime.directory.entries["portals"].restarts == 0


def test_two_who_act_at_once_act_one_after_the_other(tmp_path: Path) -> None:
    with desktop(tmp_path) as running:
        running.runtime.capture()
        running.fault("slow 0.2")
        threads = [
            threading.Thread(target=lambda key=key: running.runtime.execute("press_key", key=key)) for key in "abcde"
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert sorted(done["params"]["key"] for done in running.actions()) == list("abcde")


def test_an_action_whose_turn_comes_too_late_is_dropped_undone(tmp_path: Path) -> None:
    with desktop(tmp_path) as running:
        running.runtime.capture()
        running.fault("slow 2")
        first = threading.Thread(target=lambda: running.runtime.execute("press_key", key="a"))
        first.start()
        eventually(running.actions)
        late = running.runtime.execute("press_key", key="b", timeout_s=0.2)
        assert (late.outcome, "it was not done" in str(late.reason)) == ("refused", True)
        first.join(60)
        assert len(running.actions()) == 1


def test_what_lets_go_waits_for_no_action_and_drops_those_that_wait(tmp_path: Path) -> None:
    """It is sent when another portal is chosen: the game that is left must not be walked in for half a minute more."""
    with desktop(tmp_path) as running:
        running.runtime.capture()
        running.fault("slow 3")
        results: dict[str, ActionResult] = {}
        threads = [
            threading.Thread(
                target=lambda key=key: results.update({key: running.runtime.execute("press_key", key=key)})
            )
            for key in "ab"
        ]
        for thread in threads:
            thread.start()
        eventually(running.actions)
        running.runtime.use_portal("bannerlord")
        eventually(lambda: len(running.actions()) == 2)
        assert [thread.is_alive() for thread in threads] == [True, True]
        for thread in threads:
            thread.join(60)
        assert [done["action"] for done in running.actions()] == ["press_key", "release_all"]
        assert sorted(result.outcome for result in results.values()) == ["done", "refused"]
