"""The script API as the bridge knows it, written anew: `python -m timmy_actors.embedded.api_table FILE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TypedDict

from timmy_actors.embedded.world import API, DEATHS

HEAD = """\
--- Every function that TES3MP 0.8.1 gives to Lua, by category: `name(parameter:type,...):what it returns`. One that
-- killed a fresh server although its arguments had the right types begins with `!`.
--
-- Generated from api-0.8.1.json and deaths-0.8.1.json by `make api-table`: do not change it by hand.
return [[
"""
TAIL = "]]\n"


class Parameter(TypedDict):
    """One parameter: its name, and its type in Lua."""

    name: str
    type: str


class Function(TypedDict):
    """One function of `api-0.8.1.json`."""

    name: str
    category: str
    params: list[Parameter]
    returns: str | None


def lua_module(functions: list[Function], deadly: set[str]) -> str:
    """The Lua module that says what the two files say."""
    lines, category = [], None
    for function in functions:
        if function["category"] != category:
            category = function["category"]
            lines.append(f"[{category}]")
        lines.append(_line(function, deadly))
    return HEAD + "".join(f"{line}\n" for line in lines) + TAIL


def _line(function: Function, deadly: set[str]) -> str:
    parameters = ",".join(f"{parameter['name']}:{parameter['type']}" for parameter in function["params"])
    returns = f":{function['returns']}" if function["returns"] else ""
    return f"{'!' if function['name'] in deadly else ''}{function['name']}({parameters}){returns}"


def current() -> str:
    """The module as it should stand in `lua/timmy/api/table.lua`."""
    functions: list[Function] = json.loads(API.read_text(encoding="utf-8"))
    deadly = {death["name"] for death in json.loads(DEATHS.read_text(encoding="utf-8"))}
    return lua_module(functions, deadly)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(current(), encoding="utf-8")
