"""The bridge reads the script API from a Lua file that is generated from the recorded API."""

from __future__ import annotations

import pytest

from timmy_actors.system import lua_folder
from tools.api_docs import page
from tools.api_table import Function, Precondition, current, lua_module


def test_the_table_of_the_bridge_is_the_recorded_one() -> None:
    written = (lua_folder() / "timmy" / "raw" / "table.lua").read_text(encoding="utf-8")
    assert written == current(), "run 'make api-table'"


def test_the_page_of_what_must_hold_before_each_call_is_what_the_rules_say() -> None:
    pytest.importorskip("lupa.luajit21")
    written = (lua_folder().parent / "docs" / "script-api.md").read_text(encoding="utf-8")
    assert written == page(), "a rule of the guard changed: run 'make docs-script-api' and review the difference"


def test_a_line_says_name_parameters_result_and_what_must_hold() -> None:
    functions: list[Function] = [
        {"name": "CleanChat", "category": "Chat", "params": [], "returns": None},
        {"name": "GetSpellId", "category": "Spells", "params": [{"name": "pid", "type": "int"}], "returns": "string"},
    ]
    preconditions: list[Precondition] = [
        {"name": "GetSpellId", "category": "Spells", "needs": ["a list is selected", "index below its size"]},
    ]
    lines = lua_module(functions, preconditions).splitlines()
    needs = ["[needs]", "a list is selected", "index below its size"]
    assert lines[-8:] == [*needs, "[Chat]", "CleanChat()", "[Spells]", "GetSpellId(pid:int):string 1 2", "]]"]
