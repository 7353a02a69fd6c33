from __future__ import annotations

import pytest

from timmy_actors.errors import RefusedError
from timmy_actors.portals.catalog.bindings import resolve
from timmy_actors.portals.catalog.catalog import load_catalog
from timmy_actors.protocol import ACTIONS, Action
from timmy_actors.system import config_folder

BINDINGS: dict[str, Action | tuple[Action, ...]] = {
    "journal": Action(action="press_key", params={"key": "j"}),
    "forward": Action(action="hold_key", params={"key": "w", "seconds": 1.0}),
    "block": (
        Action(action="mouse_down", params={"button": "right"}),
        Action(action="mouse_up", params={"button": "right"}),
    ),
    "click": Action(action="press_key", params={"key": "f"}),
}


def steps(name: str, **params: object) -> list[tuple[str, dict[str, object]]]:
    return [(step.action, step.params) for step in resolve(Action(action=name, params=params), BINDINGS)]


def test_a_games_own_name_stands_for_its_action() -> None:
    assert steps("journal") == [("press_key", {"key": "j"})]
    assert steps("  Journal ") == [("press_key", {"key": "j"})]


def test_a_name_of_several_steps_is_all_of_them() -> None:
    assert [step for step, _ in steps("block")] == ["mouse_down", "mouse_up"]


@pytest.mark.parametrize(
    ("text", "seconds"), [("forward 2s", 2.0), ("forward 500ms", 0.5), ("FORWARD  1.5 s", 1.5), ("forward", 1.0)]
)
def test_a_time_behind_a_name_is_how_long_it_is_held(text: str, seconds: float) -> None:
    assert steps(text) == [("hold_key", {"key": "w", "seconds": seconds})]


def test_parameters_replace_a_names_own() -> None:
    assert steps("forward", seconds=3) == [("hold_key", {"key": "w", "seconds": 3})]


def test_a_games_name_comes_before_the_protocols() -> None:
    assert steps("click") == [("press_key", {"key": "f"})]
    assert steps("right-click", x=1, y=2) == [("right_click", {"x": 1, "y": 2})]


@pytest.mark.parametrize(
    ("text", "params", "expected"),
    [
        ("dance", {}, "no action 'dance'; there are: click"),
        ("dance", {}, "this portal's bindings: block, click, forward, journal"),
        ("journal 2s", {}, "journal 2s: 0 of its 1 steps accept seconds"),
        ("block", {"button": "left"}, "2 of its 2 steps accept button"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, params: dict[str, object], expected: str) -> None:
    with pytest.raises(RefusedError) as refused:
        steps(text, **params)
    assert expected in refused.value.message


def test_both_portals_ship_with_names_for_what_their_games_do() -> None:
    portals = {portal.id: portal for portal in load_catalog(config_folder() / "portals.json")}
    assert {"inventory", "attack", "block", "move here", "save", "load"} <= portals["bannerlord"].actions.keys()
    assert {"inventory", "journal", "rest", "attack", "block", "forward"} <= portals["morrowind"].actions.keys()
    assert resolve(Action(action="forward 2s"), portals["morrowind"].actions)[0].params == {"key": "w", "seconds": 2.0}
    assert all(name not in ACTIONS for portal in portals.values() for name in portal.actions)
