"""Compares the simulator's script API with the recorded one: names, preconditions, and functions without any."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from timmy_actors.embedded.luajit import search_only
from timmy_actors.embedded.world import API, PRECONDITIONS
from timmy_actors.system import lua_folder

luajit = pytest.importorskip("lupa.luajit21")

Function = dict[str, Any]
FUNCTIONS: list[Function] = json.loads(API.read_text(encoding="utf-8"))
CONTRACT: list[Function] = json.loads(PRECONDITIONS.read_text(encoding="utf-8"))
BY_NAME = {function["name"]: function for function in FUNCTIONS}
WITH_PRECONDITIONS = {function["name"] for function in CONTRACT}

VALUES = {"int": 0, "number": 0, "string": "", "boolean": False}

LEAVES_A_TRACE = ("Read", "Create", "Free")
"""Prefixes of functions that select a list or make a timer; the others leave a server unchanged."""

ENDED = "the server died: "


class Server:
    """A simulated server without players, in its initial state before each call."""

    def __init__(self, *declared: Function) -> None:
        self._lua = luajit.LuaRuntime(unpack_returned_tuples=True)
        search_only(self._lua, lua_folder())
        self._host = self._lua.require("simulator.host")
        decode = self._lua.require("timmy.wire.json").decode
        self._options = self._lua.table_from(
            {
                "api": decode(json.dumps([*FUNCTIONS, *declared])),
                "preconditions": decode(PRECONDITIONS.read_text(encoding="utf-8")),
                "players": self._lua.table(),
                "clock": self._lua.eval("function() return 0 end"),
            }
        )
        self._host.start(self._options)

    def names(self) -> set[str]:
        return set(self._lua.globals().tes3mp.keys())

    def call(self, name: str, *arguments: object) -> str | None:
        """Call a function; the reason if the server ended, else None."""
        try:
            self._lua.globals().tes3mp[name](*arguments)
        except luajit.LuaError as error:
            text = str(error)
            return text.partition(ENDED)[2] if ENDED in text else None
        finally:
            if name.startswith(LEAVES_A_TRACE):
                self._host.start(self._options)
        return None


@pytest.fixture(scope="module")
def server() -> Server:
    return Server()


def arguments_of(name: str) -> list[object]:
    return [VALUES[parameter["type"]] for parameter in BY_NAME[name]["params"] if parameter["name"] != "..."]


def test_the_api_is_exactly_the_recorded_one(server: Server) -> None:
    assert server.names() == set(BY_NAME)
    assert len(BY_NAME) == 765


def test_every_precondition_is_of_a_function_of_the_api_and_of_its_category() -> None:
    assert [entry["name"] for entry in CONTRACT if entry["name"] not in BY_NAME] == []
    assert [entry["name"] for entry in CONTRACT if entry["category"] != BY_NAME[entry["name"]]["category"]] == []
    assert len(WITH_PRECONDITIONS) == len(CONTRACT)
    assert all(entry["needs"] for entry in CONTRACT)


def test_what_has_no_precondition_runs_on_a_fresh_server(server: Server) -> None:
    ended = {}
    for name in BY_NAME.keys() - WITH_PRECONDITIONS:
        reason = server.call(name, *arguments_of(name))
        if reason is not None:
            ended[name] = reason
    assert ended == {}


@pytest.mark.parametrize("type_name", ["int", "number", "string"])
@pytest.mark.parametrize("position", range(7))
def test_every_argument_but_a_boolean_is_checked_at_every_position(type_name: str, position: int) -> None:
    parameters = [{"name": f"argument{index}", "type": type_name} for index in range(position + 1)]
    probe = {"name": "Probe", "category": "Probes", "params": parameters, "returns": None}
    arguments: list[object] = [VALUES[type_name]] * position
    reason = Server(probe).call("Probe", *arguments, None)
    assert (reason or "").splitlines()[
        0
    ] == f"precondition of Probe not met: argument 'argument{position}' must be {type_name}, got nil"


def test_every_recorded_event_is_an_event_of_the_real_server() -> None:
    events = {event["name"] for event in json.loads(Path(API).with_name("events-0.8.1.json").read_text())}
    lua = luajit.LuaRuntime(unpack_returned_tuples=True)
    search_only(lua, lua_folder())
    ours = set(lua.require("simulator.core.event_handler").keys())
    by_timer = {"OnDeathTimeExpiration"}
    assert ours - by_timer <= events
