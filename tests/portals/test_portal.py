from __future__ import annotations

import json
import os
import re
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.portals.catalog.test_catalog import ENTRY
from tests.portals.desktops import codes, desktop
from tests.portals.sessions import raw
from tests.runtimes import restarted
from tests.waiting import eventually
from timmy_actors import Runtime, connect
from timmy_actors.cli.portal_formatting import describe_portals
from timmy_actors.errors import RefusedError
from timmy_actors.portals.desktop.actions import lasts_s
from timmy_actors.supervision.testkit import hang


def test_a_state_is_the_specs_field_for_field(tmp_path: Path) -> None:
    with desktop(tmp_path) as running:
        output = json.loads(running.runtime.capture().model_dump_json())
    assert output["portal_id"] == "morrowind"
    assert output["timestamp"].endswith("Z")
    assert Path(output["visual"]["screenshot_path"]).read_bytes().startswith(b"\x89PNG")
    assert (output["visual"]["screen_size"], output["visual"]["mouse_position"]) == ([800, 600], [30, 40])
    assert (output["visual"]["os"], output["visual"]["window"]) == ("Linux", "OpenMW")
    context = {"playtime_hours", "achievements_unlocked", "achievements_total", "current_players_online"}
    assert context <= output["game_context"].keys()
    assert output["game_context"]["app_id"] == 22320


def test_a_capture_needs_the_portals_thread_and_the_sessions(tmp_path: Path) -> None:
    with desktop(tmp_path) as running:
        running.runtime.capture()
        wake_up = hang(running.runtime.directory, "desktop-control")  # the actor that starts the session
        assert running.runtime.capture().visual.screenshot_path
        wake_up()
        names = [thread.name for thread in threading.enumerate()]
    assert (names.count("portal"), names.count("session desktop-control")) == (1, 1)


def test_a_result_is_the_specs_field_for_field(tmp_path: Path) -> None:
    with desktop(tmp_path) as running:
        output = json.loads(running.runtime.execute("press_key", key="space").model_dump_json(exclude_none=True))
        assert running.actions()[0]["params"] == {"key": "space"}
    assert output.pop("timestamp").endswith("Z")
    spec = {"success": True, "action": "press_key", "params": {"key": "space"}}
    assert {name: output[name] for name in spec} == spec


def test_a_status_that_is_read_after_an_operation_speaks_of_no_server_that_is_starting(tmp_path: Path) -> None:
    with desktop(tmp_path) as running:
        for times in range(1, 6):
            assert running.runtime.execute("press_key", key="space").success
            status = running.runtime.status().portal_status
            assert status is not None
            assert (status.state, status.servers[0].state) in (("ready", "ready"), ("degraded", "ready"))
            assert status.servers[0].pid is not None
            os.kill(status.servers[0].pid, signal.SIGKILL)
            restarted(running.runtime, "desktop-control", times)
            running.runtime.portals()


def test_a_games_own_names_are_carried_out(tmp_path: Path) -> None:
    with desktop(tmp_path) as running:
        journal = running.runtime.execute("journal")
        assert (journal.success, journal.action, journal.params) == (True, "press_key", {"key": "j"})
        assert journal.binding == "journal"
        assert running.runtime.execute("forward 200ms").success
        assert [(done["action"], done["params"]) for done in running.actions()] == [
            ("press_key", {"key": "j"}),
            ("hold_key", {"key": "w", "seconds": 0.2}),
        ]


def test_a_click_without_a_point_is_where_the_mouse_is(tmp_path: Path) -> None:
    with desktop(tmp_path) as running:
        assert running.runtime.execute("attack").success
        assert running.actions()[0]["params"] == {"x": 30, "y": 40}


@pytest.mark.parametrize(
    ("action", "params", "expected"),
    [
        ("dance", {}, "no action 'dance'"),
        ("click", {"x": 1}, "give both x and y"),
        ("click", {"x": "left", "y": 1}, "x: must be a whole number"),
        ("press_key", {}, "key: is required"),
        ("press_key", {"key": "a", "twice": True}, "twice: is no parameter of this action; there are: key, by"),
        ("hold_key", {"key": "w", "seconds": 1e9}, "seconds: must be at most 30"),
        ("scroll", {"amount": 1}, "scroll: the desktop-control in use has no tool 'scroll'"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason_and_never_sent(
    tmp_path: Path, action: str, params: dict[str, Any], expected: str
) -> None:
    with desktop(tmp_path) as running:
        result = running.runtime.execute(action, **params)
        assert (result.success, result.outcome) == (False, "refused")
        assert expected in str(result.reason)
        assert running.actions() == []


@pytest.mark.parametrize(
    ("action", "params"), [("type_text", {"text": "x" * 1000}), ("hold_key", {"key": "w", "seconds": 30.0})]
)
def test_what_lasts_longer_than_its_call_may_is_not_begun_and_told_at_once(
    tmp_path: Path, action: str, params: dict[str, Any]
) -> None:
    with desktop(tmp_path) as running:
        result = running.runtime.execute(action, timeout_s=2.0, **params)
        assert (result.success, result.outcome) == (False, "refused")
        assert "timeout_s: 2 s is too short: the action itself takes about 30 s" in str(result.reason)
        assert running.actions() == []


def test_a_call_of_a_server_that_does_not_answer_is_given_up_when_the_callers_time_is_over(tmp_path: Path) -> None:
    with desktop(tmp_path) as running:
        assert running.runtime.execute("press_key", key="a").success
        running.fault("slow 3")
        result = running.runtime.execute("press_key", key="b", timeout_s=1.0)
        assert (result.success, result.outcome) == (False, "unknown")
        within = re.search(r"not answered within ([\d.]+) s", str(result.reason))
        assert within is not None
        assert float(within[1]) <= 1.0


def test_what_a_server_says_it_did_not_do_is_no_success(tmp_path: Path) -> None:
    with desktop(tmp_path) as running:
        running.fault("false")
        result = running.runtime.execute("press_key", key="a")
        assert (result.success, result.outcome) == (False, "failed")
        assert "the server reports a failure" in str(result.reason)


def test_steps_after_a_failed_one_are_not_done_and_nothing_stays_pressed(tmp_path: Path) -> None:
    entry = {**ENTRY, "window_title": "OpenMW", "app_id": 0, "actions": {
        "combo": [
            {"action": "mouse_down"}, {"action": "type_text", "params": {"text": "refused"}}, {"action": "mouse_up"},
        ],
    }}  # fmt: skip
    with desktop(tmp_path) as running:
        running.catalog.write_text(json.dumps([entry, json.loads(running.catalog.read_text())["portals"][1]]))
        eventually(lambda: running.runtime.portals().portals[0].id == "game")
        running.runtime.use_portal("game")
        result = running.runtime.execute("combo")
        assert (result.success, result.outcome, result.action) == (False, "failed", "combo")
        assert "(after 1 of 3 steps)" in str(result.reason)
        assert [done["action"] for done in running.actions()] == ["mouse_down", "type_text", "mouse_up"]


def test_an_action_whose_answer_cannot_be_read_is_done_and_never_repeated(tmp_path: Path) -> None:
    marks, tools = tmp_path / "marks", tmp_path / "tools.json"
    press = {"tool": "wrong", "arguments": {"mark": str(marks), "content": 5}}
    tools.write_text(json.dumps({"raw": {"tools": {"press_key": press}}}))
    with desktop(tmp_path, command=raw("plain"), tools_file=str(tools), desktop={"tools": "raw"}) as running:
        result = running.runtime.execute("press_key", key="a")
        assert (result.success, result.outcome, marks.read_text()) == (True, "done", "x")
        assert "cannot be read" in str(result.reason)


def test_a_question_before_an_action_that_goes_wrong_leaves_it_undone(tmp_path: Path) -> None:
    tools = tmp_path / "tools.json"
    size = {"tool": "wrong", "arguments": {"content": 5}}
    click = {"tool": "garbage", "arguments": {"lines": 0}}
    tools.write_text(json.dumps({"raw": {"tools": {"get_screen_size": size, "click": click}}}))
    with desktop(tmp_path, command=raw("plain"), tools_file=str(tools), desktop={"tools": "raw"}) as running:
        result = running.runtime.execute("click", x=1, y=1)
        assert (result.success, result.outcome) == (False, "refused")


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("false", "tool_failed"), ("half", "bad_result"), ("nothing", "bad_result"), ("elsewhere", "bad_result"),
        ("huge", "too_large"), ("no_window", "no_window"),
    ],
)  # fmt: skip
def test_a_screenshot_that_cannot_be_had_is_told_and_the_rest_is_there(tmp_path: Path, fault: str, code: str) -> None:
    with desktop(tmp_path) as running:
        running.fault(fault)
        state = running.runtime.capture(timeout_s=60)
        assert (state.visual.screenshot_path, codes(state)) == (None, {"visual.screenshot_path": code})
        assert (state.visual.screen_size, state.visual.os) == ((800, 600), "Linux")
        running.fault("")
        assert codes(running.runtime.capture()) == {}


def test_a_black_picture_is_said_to_be_black(tmp_path: Path) -> None:
    with desktop(tmp_path) as running:
        running.fault("black")
        assert codes(running.runtime.capture()) == {"visual.screenshot_path": "black_frame"}


def test_a_picture_that_is_sent_is_written_down(tmp_path: Path) -> None:
    with desktop(tmp_path) as running:
        running.fault("image")
        state = running.runtime.capture()
        assert state.visual.screenshot_path is not None
        assert Path(state.visual.screenshot_path).parent == running.captures
        assert state.visual.image_size == (64, 48)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with desktop(tmp_path) as running:
        running.captures.write_text("a file where the folder should be")
        assert codes(running.runtime.capture()) == {"visual.screenshot_path": "folder_unwritable"}


def test_only_so_many_captures_are_kept(tmp_path: Path) -> None:
    with desktop(tmp_path, desktop={"captures_kept": 3}) as running:
        paths = [running.runtime.capture().visual.screenshot_path for _ in range(5)]
        assert sorted(map(str, running.captures.iterdir())) == paths[2:]


def test_colours_and_the_games_log_are_in_the_state(tmp_path: Path) -> None:
    log = tmp_path / "game.log"
    log.write_text("one\ntwo\n")
    entry = {**ENTRY, "window_title": ["Nothing", "OpenMW"], "pixels": [[5, 6], [8, 9]], "log_file": str(log)}
    with desktop(tmp_path) as running:
        running.catalog.write_text(json.dumps([entry, json.loads(running.catalog.read_text())["portals"][1]]))
        eventually(lambda: running.runtime.portals().portals[0].id == "game")
        running.runtime.use_portal("game")
        state = running.runtime.capture()
        assert [(pixel.at, pixel.rgb) for pixel in state.visual.pixels or ()] == [
            ((5, 6), (5, 6, 7)),
            ((8, 9), (8, 9, 7)),
        ]
        assert state.game_context.log == ("one", "two")
        log.unlink()
        os.mkfifo(log)
        again = running.runtime.capture()
        assert [problem.message for problem in again.problems if problem.what == "game_context.log"]


def test_a_third_portal_is_an_entry_of_the_file_and_nothing_else(tmp_path: Path) -> None:
    third = {**ENTRY, "id": "third-game", "window_title": "Other", "app_id": 0}
    with desktop(tmp_path) as running, connect(running.runtime.endpoint) as daemon:
        document = json.loads(running.catalog.read_text())
        document["portals"].append(third)
        running.catalog.write_text(json.dumps(document))
        eventually(lambda: len(daemon.portals().portals) == 3)
        assert daemon.use_portal("third-game").chosen == "third-game"
        state = daemon.capture()
        assert (state.portal_id, state.visual.window, codes(state)) == ("third-game", "Other", {})
        status = daemon.portals().status
        assert status is not None
        assert (status.state, status.reasons) == ("ready", ()) or status.state == "degraded"


def test_a_choice_outlives_the_actor_that_was_told_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    with desktop(tmp_path) as running:
        with pytest.raises(RefusedError, match="no portal 'skyrim'; there are: bannerlord, morrowind"):
            running.runtime.use_portal("skyrim")
        running.runtime.use_portal("bannerlord")
        from timmy_actors.supervision.testkit import fail

        fail(running.runtime.directory, "portal", ValueError("on purpose"))
        eventually(lambda: running.runtime.directory.entries["portal"].restarts == 1)
        assert running.runtime.portals().chosen == "bannerlord"
        assert codes(running.runtime.capture()) == {"visual.screenshot_path": "no_window"}


def test_a_wrong_edit_is_told_and_the_portals_stay(tmp_path: Path) -> None:
    with desktop(tmp_path) as running:
        running.catalog.write_text('{"portals": [\n {"id": 5}\n]}')
        status = eventually(lambda: (running.runtime.portals().status, running.runtime.portals().status)[1])
        eventually(lambda: (status := running.runtime.portals().status) is not None and status.catalog_error)
        status = running.runtime.portals().status
        assert status is not None
        assert str(status.catalog_error).startswith("the catalog on disk was not loaded: ")
        assert "line 2: portal 1 (5): id: " in str(status.catalog_error)
        assert len(running.runtime.portals().portals) == 2


def test_a_portal_that_is_removed_while_in_use_stays_and_it_is_told_how_to_leave_it(tmp_path: Path) -> None:
    with desktop(tmp_path) as running:
        running.catalog.write_text(running.catalog.read_text().replace('"morrowind"', '"renamed"'))
        eventually(lambda: (status := running.runtime.portals().status) is not None and status.catalog_error)
        answer = running.runtime.portals()
        assert (answer.chosen, {entry.id for entry in answer.portals}) == ("morrowind", {"bannerlord", "renamed"})
        stays = "has no portal 'morrowind' any more, which stays in use until another one is chosen"
        assert f"{stays}: timmy-actors portals use ID" in list(describe_portals(answer))[-1]


def test_a_portal_says_how_it_does(tmp_path: Path) -> None:
    with desktop(tmp_path) as running:
        before = running.runtime.portals().status
        assert before is not None
        assert (before.state, before.reasons[0]) == ("offline", "desktop-control is offline: not needed yet")
        running.fault("no_window")
        running.runtime.capture()
        eventually(lambda: (now := running.runtime.portals().status) is not None and now.state == "degraded")
        now = running.runtime.portals().status
        assert now is not None
        assert any("no window has the title" in reason for reason in now.reasons)
        assert "desktop-control has no scroll" in now.reasons
        assert running.runtime.status().portal_status is not None


def test_a_check_tells_what_works_and_what_does_not(tmp_path: Path) -> None:
    with desktop(tmp_path) as running:
        findings = {finding.what.strip(): finding for finding in running.runtime.check_portal().findings}
        assert (findings["desktop-control"].ok, findings["window"].ok) == (True, True)
        assert (findings["take_screenshot"].ok, findings["scroll"].ok) == (True, False)
        assert (findings["steam-info"].ok, findings["Steam key"].ok) == (False, False)
        assert "neither a command nor a url is configured" in findings["steam-info"].detail
        assert findings["prompts"].detail.startswith("prompts_morrowind.yaml: ")


def test_a_check_of_a_game_without_steam_leaves_steam_out(tmp_path: Path) -> None:
    with desktop(tmp_path) as running:
        catalog = json.loads(running.catalog.read_text())
        for portal in catalog["portals"]:
            portal["app_id"] = 0
        running.catalog.write_text(json.dumps(catalog))
        eventually(lambda: not [what for what in _checked(running.runtime) if "steam" in what.lower()])
        assert "desktop-control" in _checked(running.runtime)


def _checked(runtime: Runtime) -> list[str]:
    return [finding.what for finding in runtime.check_portal().findings]


def test_a_long_text_has_the_time_that_it_takes() -> None:
    assert [lasts_s(params) for params in ({"key": "w", "seconds": 2.0}, {"text": "x" * 1000}, {})] == [2.0, 30.0, 0.0]
