"""Generates the bridge's table of the script API: `python -m tools.api_table FILE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TypedDict

from timmy_actors.embedded import API, PRECONDITIONS

HEAD = """\
--- Every function that TES3MP 0.8.1 gives to Lua, by category: `name(parameter:type,...):what it returns`, and the
-- numbers of what must hold before it is called. What each number means stands first, under `[needs]`.
--
-- Generated from api-0.8.1.json and preconditions-0.8.1.json by `make api-table`: do not change it by hand.
return [[
"""
TAIL = "]]\n"


class Parameter(TypedDict):
    """One parameter: its name and its Lua type."""

    name: str
    type: str


class Function(TypedDict):
    """One function of `api-0.8.1.json`."""

    name: str
    category: str
    params: list[Parameter]
    returns: str | None


class Precondition(TypedDict):
    """The preconditions of a function: one entry of `preconditions-0.8.1.json`."""

    name: str
    category: str
    needs: list[str]


def lua_module(functions: list[Function], preconditions: list[Precondition]) -> str:
    """Generate the Lua module from the content of the two files."""
    numbers: dict[str, int] = {}
    for precondition in preconditions:
        for words in precondition["needs"]:
            numbers.setdefault(words, len(numbers) + 1)
    needs = {entry["name"]: [numbers[words] for words in entry["needs"]] for entry in preconditions}
    lines, category = ["[needs]", *numbers], None
    for function in functions:
        if function["category"] != category:
            category = function["category"]
            lines.append(f"[{category}]")
        lines.append(_line(function, needs.get(function["name"], [])))
    return HEAD + "".join(f"{line}\n" for line in lines) + TAIL


def _line(function: Function, needs: list[int]) -> str:
    parameters = ",".join(f"{parameter['name']}:{parameter['type']}" for parameter in function["params"])
    returns = f":{function['returns']}" if function["returns"] else ""
    return f"{function['name']}({parameters}){returns}{''.join(f' {number}' for number in needs)}"


def current() -> str:
    """Generate the content of `lua/timmy/raw/table.lua`."""
    functions: list[Function] = json.loads(API.read_text(encoding="utf-8"))
    preconditions: list[Precondition] = json.loads(PRECONDITIONS.read_text(encoding="utf-8"))
    return lua_module(functions, preconditions)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(current(), encoding="utf-8")
