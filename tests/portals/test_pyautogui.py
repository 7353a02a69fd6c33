"""The portal through the real mcp-pyautogui, as it is, on SDK 1.x in an environment of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop_control.stage import Screen
from tests.portals.desktops import Desktop, desktop
from tests.portals.environments import PYAUTOGUI, environment
from tests.portals.test_bundled import terminal
from tests.waiting import eventually

pytestmark = pytest.mark.timeout(420)


@pytest.fixture
def running(screen: Screen, tmp_path: Path) -> Iterator[Desktop]:
    """A runtime whose desktop-control is mcp-pyautogui."""
    folder = tmp_path / "bin"
    folder.mkdir()
    # What makes Pillow take the picture in memory: pyscreeze looks for the program, and calls it nowhere.
    (folder / "gnome-screenshot").write_text("#!/bin/sh\nexit 1\n")
    (folder / "gnome-screenshot").chmod(0o755)
    authority = tmp_path / "Xauthority"
    authority.touch()
    command = (str(environment(*PYAUTOGUI) / "mcp-pyautogui"),)
    variables = {
        "DISPLAY": screen.name,
        "XAUTHORITY": str(authority),
        "PATH": f"{folder}:/usr/bin:/bin",
        "HOME": str(tmp_path),
    }
    chosen = {"tools": "mcp-pyautogui", "protocol": "legacy", "environment": variables}
    with desktop(tmp_path, command=command, desktop=chosen) as running:
        yield running


def test_the_screen_is_seen_and_acted_in(running: Desktop, screen: Screen, tmp_path: Path) -> None:
    typed = tmp_path / "typed"
    with screen.program("OpenMW", *terminal(screen, "OpenMW", typed)):
        state = running.runtime.capture(timeout_s=40)
        codes = {problem.what: problem.code for problem in state.problems if problem.what.startswith("visual")}
        assert codes == {"visual.window": "not_aimed"}
        assert (state.visual.screen_size, state.visual.image_size) == ((1280, 800), (1280, 800))
        assert (state.visual.os, state.visual.window) == ("Linux", None)
        assert running.runtime.execute("click", x=200, y=200).success
        assert running.runtime.execute("move_to", x=220, y=210).success
        assert running.runtime.capture().visual.mouse_position == (220, 210)
        assert running.runtime.execute("type_text", text="hello").success
        assert running.runtime.execute("press_key", key="enter").success
        eventually(lambda: typed.exists() and typed.read_text() == "hello\n")
        assert running.runtime.execute("hotkey", keys="ctrl d").success


def test_what_it_would_take_and_not_do_is_refused(running: Desktop) -> None:
    refused = [
        running.runtime.execute("drag_to", x=5, y=5, timeout_s=40),
        running.runtime.execute("hold_key", key="w", seconds=1),
        running.runtime.execute("press_key", key="no such key"),
        running.runtime.execute("type_text", text="\N{LATIN SMALL LETTER E WITH ACUTE}"),
        running.runtime.execute("click", x=5000, y=5000),
        running.runtime.execute("click", x=0, y=0),
    ]
    assert [(result.success, result.outcome) for result in refused] == [(False, "refused")] * 6
    assert "is not on the screen of 1280 x 800" in str(refused[4].reason)
    assert "fail-safe" in str(refused[5].reason)
    assert running.runtime.execute("click", x=400, y=400).success


def test_its_latched_fail_safe_is_told_for_what_it_is(running: Desktop, screen: Screen) -> None:
    running.runtime.capture(timeout_s=40)
    root = screen.x.screen().root
    root.warp_pointer(0, 0)
    screen.x.sync()
    result = running.runtime.execute("press_key", key="a")
    assert (result.success, result.outcome) == (False, "failed")
    assert "the pointer is in a corner of the screen" in str(result.reason)
    root.warp_pointer(400, 400)
    screen.x.sync()
    assert running.runtime.execute("press_key", key="a").success


def test_a_check_says_what_it_has_and_what_it_lacks(running: Desktop) -> None:
    findings = {finding.what.strip(): finding for finding in running.runtime.check_portal(timeout_s=40).findings}
    assert (findings["pixel_color"].detail, findings["drag_to"].ok) == ("get_pixel_color", False)
    assert "MCP 2025-11-25" in findings["desktop-control"].detail
