"""Tables of other servers' tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.portals.desktops import desktop
from tests.portals.sessions import SERVERS
from timmy_actors.errors import ConfigError
from timmy_actors.portals.tools.tool_tables import load_tables

COMPUTER = {
    "take_screenshot": {"tool": "computer", "arguments": {"action": "screenshot"}},
    "get_mouse_position": {"tool": "computer", "arguments": {"action": "cursor_position"}},
    "click": {"tool": "computer", "arguments": {"action": "left_click", "coordinate": ["$x", "$y"]}},
    "drag_to": {
        "tool": "computer",
        "arguments": {
            "action": "left_click_drag",
            "coordinate": ["$x", "$y"],
            "start_coordinate": ["$from_x", "$from_y"],
        },
    },
    "press_key": {"tool": "computer", "arguments": {"action": "key", "text": "$key"}},
    "get_screen_size": None,
    "get_os": None,
    "list_windows": None,
}


def test_a_server_whose_one_tool_takes_an_action_and_points_as_lists_is_driven_by_a_table(tmp_path: Path) -> None:
    (tmp_path / "tools.json").write_text(json.dumps({"computer": {"tools": COMPUTER}}))
    command = ("{python}", str(SERVERS / "computer.py"), str(tmp_path))
    with desktop(tmp_path, command=command, tools_file="tools.json", desktop={"tools": "computer"}) as running:
        state = running.runtime.capture()
        assert (state.visual.image_size, state.visual.mouse_position) == ((64, 48), (7, 8))
        for action, params in (("click", {"x": 1, "y": 2}), ("click", {}), ("drag_to", {"x": 3, "y": 4})):
            assert running.runtime.execute(action, **params).success
        assert running.runtime.execute("press_key", key="j").success
        refused = running.runtime.execute("click", x=1, y=2, button="right")
        assert (refused.outcome, "button" in str(refused.reason)) == ("refused", True)
    calls = [json.loads(line) for line in (tmp_path / "calls").read_text().splitlines()]
    nothing = {"coordinate": None, "start": None, "text": None}
    assert calls == [
        {**nothing, "action": "left_click", "coordinate": [1, 2]},
        {**nothing, "action": "left_click"},
        {**nothing, "action": "left_click_drag", "coordinate": [3, 4], "start": [7, 8]},
        {**nothing, "action": "key", "text": "j"},
    ]


@pytest.mark.parametrize(
    ("tool", "template", "expected"),
    [
        (
            "click",
            {"at": ["$x", "$z"]},
            r"line 1: mine.tools.click.arguments: the tool has no argument \$z; there are: .*x, y",
        ),
        ("press_key", {"a": {"b": ["$x"]}}, r"the tool has no argument \$x; there are: .*key"),
        ("click", {"from": ["$from_x", "$from_y"]}, r"the tool has no argument \$from_x"),
    ],
)
def test_a_template_that_nothing_can_fill_is_an_error_at_load(
    tmp_path: Path, tool: str, template: dict[str, Any], expected: str
) -> None:
    path = tmp_path / "tools.json"
    path.write_text(json.dumps({"mine": {"tools": {tool: {"tool": "t", "arguments": template}}}}))
    with pytest.raises(ConfigError, match=expected):
        load_tables(path)
