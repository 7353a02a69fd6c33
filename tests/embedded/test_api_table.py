"""The bridge on a server knows the script API from a Lua file that is generated from the recorded one."""

from __future__ import annotations

from timmy_actors.embedded.api_table import Function, current, lua_module
from timmy_actors.paths import lua_folder


def test_the_table_of_the_bridge_is_the_recorded_one() -> None:
    written = (lua_folder() / "timmy" / "api" / "table.lua").read_text(encoding="utf-8")
    assert written == current(), "run 'make api-table'"


def test_a_line_says_name_parameters_result_and_whether_it_is_deadly() -> None:
    functions: list[Function] = [
        {"name": "CleanChat", "category": "Chat", "params": [], "returns": None},
        {"name": "GetSpellId", "category": "Spells", "params": [{"name": "pid", "type": "int"}], "returns": "string"},
    ]
    lines = lua_module(functions, {"GetSpellId"}).splitlines()
    assert lines[-5:] == ["[Chat]", "CleanChat()", "[Spells]", "!GetSpellId(pid:int):string", "]]"]
