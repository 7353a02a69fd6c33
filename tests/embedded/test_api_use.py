"""Every server function that our Lua code calls exists in 0.8.1 and takes that number of arguments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.embedded.lua_calls import LuaCall, calls
from timmy_actors.embedded.world import API
from timmy_actors.system import lua_folder

LUA = lua_folder()
FUNCTIONS: dict[str, Any] = {function["name"]: function for function in json.loads(API.read_text(encoding="utf-8"))}


def arity(name: str) -> tuple[int, float]:
    """The minimum and maximum number of arguments: booleans at the end may be left out, `...` takes any number."""
    parameters = FUNCTIONS[name]["params"]
    most: float = len(parameters)
    if parameters and parameters[-1]["name"] == "...":
        parameters, most = parameters[:-1], float("inf")
    fewest = len(parameters)
    while fewest and parameters[fewest - 1]["type"] == "boolean":
        fewest -= 1
    return fewest, most


def wrong(used: LuaCall) -> bool:
    if used.name not in FUNCTIONS:
        return True
    fewest, most = arity(used.name)
    return used.arguments is not None and not fewest <= used.arguments <= most


def mistakes(receiver: str, folder: Path) -> list[str]:
    return [
        f"{file.relative_to(LUA)}:{used.line}: {receiver}.{used.name} with {used.arguments} arguments"
        for file in sorted(folder.rglob("*.lua"))
        for used in calls(file.read_text(encoding="utf-8"), receiver)
        if wrong(used)
    ]


def test_the_simulator_and_the_bridge_name_only_functions_that_the_server_has() -> None:
    assert mistakes("tes3mp", LUA) == []
    assert sum(1 for file in LUA.rglob("*.lua") for _ in calls(file.read_text(encoding="utf-8"), "tes3mp")) > 100


def test_what_the_bridge_calls_through_its_guard_exists_too() -> None:
    assert mistakes("guard", LUA / "timmy") == []


def unchecked() -> Iterator[tuple[str, str]]:
    for file in sorted((LUA / "timmy").rglob("*.lua")):
        for name in re.findall(r'guard\.unchecked\("(\w+)"', file.read_text(encoding="utf-8")):
            yield str(file.relative_to(LUA)), name


def test_what_goes_through_it_unchecked_exists_and_is_only_what_the_raw_api_needs() -> None:
    named = list(unchecked())
    assert [name for _, name in named if name not in FUNCTIONS] == []
    assert {Path(file).parts[1] for file, _ in named} == {"raw"}


KINDS = {
    "int": {"pid", "int", "level", "attribute", "skill", "milliseconds", "timer"},
    "number": {"number"},
    "boolean": {"boolean"},
    "string": {"text", "cell"},
}
"""The guard's first argument kinds by the type in the API; later kinds are only counted."""
KNOWN = set().union(*KINDS.values())


@pytest.mark.parametrize("file", sorted((LUA / "timmy" / "game").glob("*.lua")), ids=lambda file: file.stem)
def test_the_guard_asks_for_the_arguments_that_the_server_takes(file: Path) -> None:
    faults = []
    for name, listed in re.findall(r"\b([A-Z]\w+) = \{([^}]*)\}", file.read_text(encoding="utf-8")):
        if name not in FUNCTIONS:
            if re.fullmatch(r'(\s*"\w+",?\s*)*', listed):
                faults.append(f"{name} does not exist")
            continue
        kinds = re.findall(r'"(\w+)"', listed)
        types = [parameter["type"] for parameter in FUNCTIONS[name]["params"]]
        if len(kinds) != len(types):
            faults.append(f"{name} takes {len(types)} arguments, not {len(kinds)}")
        faults += [
            f"{name}: {kind} is no {kind_of}"
            for kind, kind_of in zip(kinds, types, strict=False)
            if kind in KNOWN and kind not in KINDS[kind_of]
        ]
    assert faults == []


def test_a_call_is_counted_through_strings_tables_and_calls() -> None:
    source = 'tes3mp.A("x, (y", { 1, 2 }, f(3, 4)) tes3mp.B() -- tes3mp.C(1)\nlocal d = tes3mp.D tes3mp.E(1, ...)'
    assert list(calls(source, "tes3mp")) == [
        LuaCall("A", 3, 1),
        LuaCall("B", 0, 1),
        LuaCall("D", None, 2),
        LuaCall("E", None, 2),
    ]


@pytest.mark.parametrize("text", ["tes3mp.GetTerrainHeight(1)", "tes3mp.SetPos(0, 1, 2)", "tes3mp.GetName()"])
def test_a_mistake_is_found(text: str) -> None:
    assert [wrong(used) for used in calls(text, "tes3mp")] == [True]
