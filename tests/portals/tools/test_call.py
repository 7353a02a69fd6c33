from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from timmy_actors.errors import ConfigError, ToolError
from timmy_actors.portals.mcp.session_events import Tool
from timmy_actors.portals.tools.call import Bound, bind
from timmy_actors.portals.tools.spec_tools import SPEC_TOOLS
from timmy_actors.portals.tools.tool_tables import ToolRow, ToolTable, choose_table, load_tables
from timmy_actors.system import config_folder

SHIPPED = load_tables(config_folder() / "portal_tools.json")
INTEGER, STRING = {"type": "integer"}, {"type": "string"}


def offered(name: str, **properties: Any) -> dict[str, Tool]:
    return {name: Tool(name, {"type": "object", "properties": properties, "required": list(properties)})}


def bound(name: str, tools: dict[str, Tool], table: ToolTable | None = None, **values: Any) -> Bound:
    return bind(SPEC_TOOLS[name], values, table or ToolTable(), tools)


def test_arguments_of_the_same_name_go_there() -> None:
    assert bound("click", offered("click", y=INTEGER, x=INTEGER), x=1, y=2).arguments == {"x": 1, "y": 2}


def test_arguments_of_other_names_are_bound_by_their_position() -> None:
    tools = offered("steam-user-stats", user_identifier=STRING, appid=INTEGER)
    assert bound("steam-user-stats", tools, user_id="me", app_id=5).arguments == {"user_identifier": "me", "appid": 5}


def test_a_value_is_given_in_the_type_that_is_asked_for() -> None:
    tools = offered("steam-current-players", appid=STRING)
    assert bound("steam-current-players", tools, app_id=5).arguments == {"appid": "5"}
    for odd in ("--5", "\N{SUPERSCRIPT TWO}"):
        with pytest.raises(ToolError, match="appid"):
            bound("steam-current-players", offered("steam-current-players", appid=INTEGER), app_id=odd)
    keys = offered("hotkey", keys={"type": "array", "items": STRING})
    assert bound("hotkey", keys, keys="ctrl shift s").arguments == {"keys": ["ctrl", "shift", "s"]}


def test_what_a_server_may_take_is_given_only_to_one_that_does() -> None:
    aimed = offered("press_key", key=STRING, window_title=STRING)
    assert bound("press_key", aimed, key="j", window_title="Game").arguments == {"key": "j", "window_title": "Game"}
    assert bound("press_key", offered("press_key", key=STRING), key="j", window_title="Game").arguments == {"key": "j"}


def test_an_option_is_never_taken_for_another_argument() -> None:
    known = offered("key_down", key=STRING, expires_s={"type": "number"}, by=STRING)
    values: dict[str, Any] = {"key": "w", "expires_s": 2.5, "by": "keysym"}
    assert bound("key_down", known, **values).arguments == values
    other = offered("key_down", key=STRING, window=STRING)
    for option in ("expires_s", "by"):
        with pytest.raises(ToolError, match=f"does not accept '{option}': omit it"):
            bound("key_down", other, **{"key": "w", option: values[option]})


def test_a_table_names_the_servers_own_tool_and_wraps_its_arguments() -> None:
    tools = offered("steam_get_user_game_stats", params={"type": "object"})
    call = bound("steam-user-stats", tools, SHIPPED["steam-mcp"], user_id="me", app_id=5)
    assert call == Bound(
        "steam_get_user_game_stats",
        {"params": {"steamid": "me", "appid": 5, "limit": 200, "response_format": "json"}},
    )


@pytest.mark.parametrize(
    ("tools", "values", "code", "expected"),
    [
        (offered("click", x=INTEGER, y=INTEGER), {"x": 1}, "bad_arguments", "'y' is a required property"),
        (offered("click", x=INTEGER, y=STRING, z=STRING), {"x": 1, "y": 2}, "bad_arguments", "'z' is a required"),
        (offered("click"), {"x": 1, "y": 2}, "bad_arguments", "the server has no argument for 'x'"),
        (offered("clic", x=INTEGER), {"x": 1}, "no_such_tool", "a similar one is 'clic'"),
        ({}, {"x": 1}, "no_such_tool", "it has: none"),
        ({"click": Tool("click", {"type": 5})}, {}, "no_such_tool", "its JSON Schema is invalid"),
        ({"click": Tool("click", {"$ref": "http://x/y"})}, {}, "no_such_tool", "its JSON Schema is invalid"),
    ],
)
def test_what_a_server_would_not_take_is_never_sent(
    tools: dict[str, Tool], values: dict[str, Any], code: str, expected: str
) -> None:
    with pytest.raises(ToolError) as raised:
        bound("click", tools, **values)
    assert raised.value.code == code
    assert expected in raised.value.message


def test_a_tool_that_a_server_lacks_is_said_to_be_lacking() -> None:
    tools = offered("drag", x=INTEGER)
    with pytest.raises(ToolError, match="has no such tool"):
        bound("drag_to", tools, SHIPPED["mcp-pyautogui"], x=1, y=2, duration=1.0)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("type_text", {"text": "caf\N{LATIN SMALL LETTER E WITH ACUTE}"}),
        ("press_key", {"key": "no such key"}),
        ("hotkey", {"keys": "ctrl+s"}),
    ],
)
def test_what_pyautogui_takes_and_does_not_do_is_not_sent(name: str, values: dict[str, str]) -> None:
    tools = offered(name, **dict.fromkeys(values, STRING))
    with pytest.raises(ToolError) as raised:
        bound(name, tools, SHIPPED["mcp-pyautogui"], **values)
    assert raised.value.code == "bad_arguments"


@pytest.mark.parametrize(("name", "key"), [("press_key", "space"), ("press_key", "j"), ("press_key", "f12")])
def test_what_pyautogui_does_is_sent(name: str, key: str) -> None:
    assert bound(name, offered(name, key=STRING), SHIPPED["mcp-pyautogui"], key=key).arguments == {"key": key}
    keys = offered("hotkey", keys=STRING)
    assert bound("hotkey", keys, SHIPPED["mcp-pyautogui"], keys="ctrl shift s").arguments == {"keys": "ctrl shift s"}


def test_a_table_may_be_an_operators_own(tmp_path: Path) -> None:
    file = tmp_path / "tools.json"
    file.write_text(json.dumps({"mine": {"tools": {"click": {"tool": "tap"}}}}))
    assert load_tables(file)["mine"].row("click") == ToolRow(tool="tap")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{\n "mine": {\n  "tools": {\n   "clik": null}}}', "line 4: mine.tools.clik: not a tool of the protocol"),
        ('{\n "mine": {\n  "colour": 1}}', "line 3: mine.colour: "),
        ("{\n oops", "line 2: "),
        ("[" * 100_000, "cannot be read as JSON"),
    ],
)
def test_a_wrong_table_is_named_with_its_line(tmp_path: Path, content: str, expected: str) -> None:
    file = tmp_path / "tools.json"
    file.write_text(content)
    with pytest.raises(ConfigError) as error:
        load_tables(file)
    assert expected in str(error.value)


def test_a_table_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(ConfigError, match=r"no table 'mine' of tool names; there are: desktop-control, mcp-pyautogui"):
        choose_table(SHIPPED, "mine", Path("tools.json"))
