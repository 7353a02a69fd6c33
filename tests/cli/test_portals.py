from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.cli.test_commands import Output, run
from tests.portals.desktops import Desktop, desktop
from tests.waiting import eventually
from timmy_actors.protocol import ActionResult, GameState, PortalCheck, PortalEntry


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path) as running:
        yield running


def test_portals_alone_is_the_list(desk: Desktop, capsys: Output) -> None:
    assert (run("portals"), run("portals", "list")) == (0, 0)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == lines[2:]
    assert lines[1].startswith("* morrowind      The Elder Scrolls III: Morrowind [offline]: ")


def test_an_entry_is_shown_with_its_names_for_actions(desk: Desktop, capsys: Output) -> None:
    assert run("portals", "show") == 0
    output = capsys.readouterr().out
    for part in (
        "morrowind: The Elder",
        "window       TES3MP or OpenMW or Morrowind",
        "journal        press_key key=j",
    ):
        assert part in output
    assert run("portals", "show", "bannerlord", "--json") == 0
    assert PortalEntry.model_validate_json(capsys.readouterr().out).app_id == 261550
    assert run("portals", "show", "skyrim") == 1
    assert "no portal 'skyrim'; there are: bannerlord, morrowind" in capsys.readouterr().err


def test_another_portal_is_used_until_the_daemon_ends(desk: Desktop, capsys: Output) -> None:
    assert run("portals", "use", "bannerlord") == 0
    assert capsys.readouterr().out == "bannerlord is in use\n"
    assert desk.runtime.portals().chosen == "bannerlord"
    assert run("portals", "use", "skyrim") == 1
    assert "no portal 'skyrim'" in capsys.readouterr().err


def test_a_check_says_what_works_and_fails_where_something_does_not(desk: Desktop, capsys: Output) -> None:
    assert run("portals", "check") == 1
    output = capsys.readouterr().out
    for part in ("ok  desktop-control", "no    scroll", "ok  window", "no  Steam key", "things do not work"):
        assert part in output
    assert run("portals", "check", "morrowind", "--json") == 1
    assert PortalCheck.model_validate_json(capsys.readouterr().out).portal == "morrowind"


def test_a_capture_is_printed_as_text_and_as_json(desk: Desktop, capsys: Output) -> None:
    assert run("capture") == 0
    output = capsys.readouterr().out
    assert "morrowind at " in output
    assert "(OpenMW, 64 x 48)" in output
    assert run("capture", "--json") == 0
    assert GameState.model_validate_json(capsys.readouterr().out).visual.screen_size == (800, 600)


def test_an_action_is_carried_out_and_sets_the_exit_code(desk: Desktop, capsys: Output) -> None:
    assert run("execute", "press_key", "key=space") == 0
    assert capsys.readouterr().out == "press_key key=space: done\n"
    assert run("execute", "journal") == 0
    assert capsys.readouterr().out == "journal (press_key key=j): done\n"
    assert run("execute", "forward", "100ms", "--json") == 0
    assert ActionResult.model_validate_json(capsys.readouterr().out).params == {"key": "w", "seconds": 0.1}
    assert run("execute", "dance") == 1
    assert capsys.readouterr().out.startswith("dance: refused: no action 'dance'; there are: click")
    assert run("execute", "key=space") == 2
    assert [done["action"] for done in desk.actions()] == ["press_key", "press_key", "hold_key"]


def test_status_shows_the_portals_state(desk: Desktop, capsys: Output) -> None:
    eventually(lambda: desk.runtime.status().portal_status)
    assert run("status") == 0
    output = capsys.readouterr().out
    assert "portal   morrowind, offline: desktop-control is offline" in output
    assert run("status", "--json") == 0
    assert json.loads(capsys.readouterr().out)["portal_status"]["state"] == "offline"


def test_a_watch_captures_again_until_it_is_interrupted(
    desk: Desktop, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = iter([None, None])

    def wait(seconds: float) -> None:
        assert seconds == 0.5
        if next(waits, "over") == "over":
            raise KeyboardInterrupt

    monkeypatch.setattr("timmy_actors.cli.portals.time", SimpleNamespace(sleep=wait))
    assert run("capture", "--watch", "--every", "0.5", "--json") == 0
    states = [GameState.model_validate_json(line) for line in capsys.readouterr().out.splitlines()]
    assert len({state.visual.screenshot_path for state in states}) == 3
