"""Steam through real servers, against a stand-in for Valve's Web API."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.portals.desktops import Desktop, desktop
from tests.portals.environments import STEAM_INFO, environment
from tests.portals.steam.stand_in import KEY, USER, StandIn, steam
from tests.waiting import eventually
from timmy_actors.daemon import SteamSettings
from timmy_actors.errors import ToolError
from timmy_actors.portals.portal import STEAM_WAIT_S
from timmy_actors.portals.steam.answers import PARTS, CachedAnswer, read_part, updated
from timmy_actors.protocol import GameContext, GameState, Problem

pytestmark = pytest.mark.timeout(420)
APP = 261550


@pytest.fixture
def valve(tmp_path: Path) -> Iterator[StandIn]:
    with steam(tmp_path) as running:
        yield running


def settings(valve: StandIn, **changes: Any) -> SteamSettings:
    return SteamSettings(**{"environment": {**valve.environment(), "STEAM_API_KEY": KEY}, "user_id": USER, **changes})


def problems(state: GameState) -> dict[str, str]:
    return {problem.what: problem.code for problem in state.problems if problem.what.startswith("game_context")}


def look(running: Desktop, valve: StandIn) -> GameContext:
    """The context once every tool has answered."""
    eventually(lambda: len(running.runtime.capture(timeout_s=40).game_context.ages_s) == len(PARTS), 90)
    return running.runtime.capture().game_context


def is_everything(context: GameContext) -> bool:
    assert (context.app_id, context.playtime_hours, context.current_players_online) == (APP, 142, 8421)
    assert (context.achievements_unlocked, context.achievements_total) == (23, 96)
    assert {stat.name: stat.value for stat in context.stats or ()} == {"battles_won": 17, "troops_recruited": 230}
    assert [item.title for item in context.news or ()] == ["Patch Notes v1.3"]
    assert [game.app_id for game in context.recently_played or ()] == [APP]
    return True


def test_the_maintained_server_fills_the_context(tmp_path: Path, valve: StandIn) -> None:
    with desktop(tmp_path, portal="bannerlord", steam=settings(valve)) as running:
        assert is_everything(look(running, valve))
        assert KEY in "".join(valve.asked)


def test_the_specs_own_server_fills_it_too_on_sdk_1(tmp_path: Path, valve: StandIn) -> None:
    command = (str(environment(*STEAM_INFO) / "steam-info-mcp"),)
    chosen = settings(valve, command=command, tools="steam-info-mcp", protocol="legacy")
    with desktop(tmp_path, portal="bannerlord", steam=chosen) as running:
        assert is_everything(look(running, valve))


def test_without_a_key_what_needs_none_is_there_and_the_rest_says_why(tmp_path: Path, valve: StandIn) -> None:
    with desktop(tmp_path, portal="bannerlord", steam=settings(valve, environment=valve.environment())) as running:
        eventually(lambda: len(running.runtime.capture(timeout_s=40).game_context.ages_s) == 2, 90)
        state = running.runtime.capture()
        assert (state.game_context.current_players_online, state.game_context.playtime_hours) == (8421, None)
        assert problems(state) == {
            "game_context.playtime_hours": "no_key",
            "game_context.achievements_unlocked": "no_key",
            "game_context.stats": "no_key",
        }


def test_answers_are_kept_as_long_as_they_hold(tmp_path: Path, valve: StandIn) -> None:
    with desktop(tmp_path, portal="bannerlord", steam=settings(valve)) as running:
        look(running, valve)
        asked = len(valve.asked)
        for _ in range(5):
            running.runtime.capture()
        assert len(valve.asked) == asked


@pytest.mark.timing
@pytest.mark.parametrize("fault", ["hangs", "429"])
def test_one_capture_pays_for_a_steam_that_does_not_answer(tmp_path: Path, valve: StandIn, fault: str) -> None:
    valve.hangs, valve.status = fault == "hangs", 429 if fault == "429" else 200
    with desktop(tmp_path, portal="bannerlord", steam=settings(valve)) as running:
        running.runtime.capture(timeout_s=40)  # this one pays
        eventually(lambda: valve.asked, 60)
        states = [running.runtime.capture() for _ in range(5)]
        # None has an answer yet. Each must return without another wait of three seconds.
        assert {code for state in states for code in problems(state).values()} == {"server_unavailable"}
        assert [state.took_ms for state in states if state.took_ms >= STEAM_WAIT_S * 1000] == []


def test_a_steam_that_fails_later_leaves_what_was_known_and_says_how_old_it_is(
    tmp_path: Path, valve: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, part in PARTS.items():
        monkeypatch.setitem(PARTS, name, replace(part, fresh_s=0.0))
    with desktop(tmp_path, portal="bannerlord", steam=settings(valve)) as running:
        look(running, valve)
        valve.status = 503

        def failed() -> Problem | None:
            state = running.runtime.capture(timeout_s=40)
            assert state.game_context.current_players_online == 8421
            return next((each for each in state.problems if each.what.endswith("players_online")), None)

        problem = eventually(failed, 90)
        assert problem is not None
        assert "(the state contains the answer of " in problem.message


@pytest.mark.parametrize("program", ["steam-mcp", "steam-info-mcp"])
def test_a_key_is_never_told(tmp_path: Path, valve: StandIn, program: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    valve.status = 403
    chosen = settings(valve)
    if program == "steam-info-mcp":
        command = (str(environment(*STEAM_INFO) / program),)
        chosen = settings(valve, command=command, tools=program, protocol="legacy")
    with desktop(tmp_path, portal="bannerlord", steam=chosen) as running:
        eventually(lambda: "tool_failed" in problems(running.runtime.capture(timeout_s=40)).values(), 90)
        eventually(lambda: KEY in "".join(valve.asked))
        calls = (running.runtime.capture, running.runtime.portals, running.runtime.status, running.runtime.check_portal)
        outputs = [call().model_dump_json() for call in calls]
        assert KEY not in "".join(outputs) + caplog.text + repr(running.runtime.settings.desktop)


@pytest.mark.parametrize(
    ("tool", "value", "code"),
    [
        ("steam-current-players", "Error: set STEAM_API_KEY", "no_key"),
        ("steam-current-players", "Error: rate limited", "tool_failed"),
        ("steam-user-stats", "No stats available for app 1.", "no_data"),
        ("steam-current-players", {"player_count": "many"}, "bad_result"),
        ("steam-current-players", {"player_count": -1}, "bad_result"),
        ("steam-current-players", None, "bad_result"),
        ("steam-news", {"newsitems": 5}, "bad_result"),
        ("steam-news", {"newsitems": [{"title": 5}]}, "bad_result"),
        ("steam-news", {"newsitems": [{"title": "", "date": 10**18}]}, "bad_result"),
        ("steam-player-achievements", {"playerstats": {"error": "Profile is not public"}}, "no_data"),
        ("steam-recently-played", [], "bad_result"),
    ],
)
def test_an_answer_that_is_none_is_told(tool: str, value: Any, code: str) -> None:
    with pytest.raises(ToolError) as raised:
        read_part(tool, value, APP)
    assert raised.value.code == code


def test_nobody_played_lately_is_an_empty_list() -> None:
    assert read_part("steam-recently-played", {"response": {}}, APP) == {"recently_played": ()}


def test_a_failure_leaves_the_older_answer_and_is_tried_again_sooner() -> None:
    part = PARTS["steam-news"]
    known = updated(None, {"news": ()}, 0.0)
    assert [known.is_due(part, now) for now in (0.0, 3599.0, 3600.0)] == [False, False, True]
    failed = updated(known, ToolError("tool_failed", "no"), 3600.0)
    assert failed == CachedAnswer({"news": ()}, failed.error, 3600.0, 0.0)
    assert [failed.is_due(part, now) for now in (3601.0, 3660.0)] == [False, True]
