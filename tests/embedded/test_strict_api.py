"""The stand-in's script API against what was recorded of the real server's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from timmy_actors.embedded.luajit import search_only
from timmy_actors.embedded.world import API, DEATHS
from timmy_actors.paths import lua_folder

luajit = pytest.importorskip("lupa.luajit21")

Function = dict[str, Any]
FUNCTIONS: list[Function] = json.loads(API.read_text())
DEADLY: list[Function] = json.loads(DEATHS.read_text())
BY_NAME = {function["name"]: function for function in FUNCTIONS}
DEADLY_NAMES = {function["name"] for function in DEADLY}

VALUES = {"int": 0, "number": 0, "string": "", "boolean": False}
NO_CHECKSUM = "x"
"""What the two functions that convert a text to a number die of."""


LEAVES_A_TRACE = ("Read", "Create", "Free")
"""What selects a list or makes a timer; after the others a server is as good as fresh."""

DIED = "the server died: "


class Server:
    """A stand-in server without players, in which nothing has happened before a call."""

    def __init__(self) -> None:
        self._lua = luajit.LuaRuntime(unpack_returned_tuples=True)
        search_only(self._lua, lua_folder())
        self._host = self._lua.require("embedded.host")
        decode = self._lua.require("timmy.json").decode
        self._options = self._lua.table_from(
            {
                "api": decode(API.read_text()),
                "deaths": decode(DEATHS.read_text()),
                "players": self._lua.table(),
                "clock": self._lua.eval("function() return 0 end"),
            }
        )
        self._host.start(self._options)

    def names(self) -> set[str]:
        return set(self._lua.globals().tes3mp.keys())

    def call(self, name: str, *arguments: object) -> str | None:
        """Call a function: why the server died of it, or None."""
        try:
            self._lua.globals().tes3mp[name](*arguments)
        except luajit.LuaError as error:
            text = str(error)
            return text.partition(DIED)[2] if DIED in text else None
        finally:
            if name.startswith(LEAVES_A_TRACE):
                self._host.start(self._options)
        return None


@pytest.fixture(scope="module")
def server() -> Server:
    return Server()


def arguments_of(name: str, integer: int = 0, text: str = "") -> list[object]:
    values = VALUES | {"int": integer, "string": text}
    return [values[parameter["type"]] for parameter in BY_NAME[name]["params"] if parameter["name"] != "..."]


def test_the_api_is_exactly_the_recorded_one(server: Server) -> None:
    assert server.names() == set(BY_NAME)
    assert len(BY_NAME) == 765


def test_what_died_on_a_fresh_real_server_dies_here(server: Server) -> None:
    survivors = []
    for function in DEADLY:
        name = function["name"]
        integer = 0 if "0" in function["dies_at"] else -1
        if server.call(name, *arguments_of(name, integer, NO_CHECKSUM)) is None:
            survivors.append(name)
    assert survivors == []


def test_what_lived_on_a_fresh_real_server_lives_here(server: Server) -> None:
    dead = {}
    for name in BY_NAME.keys() - DEADLY_NAMES:
        reason = server.call(name, *arguments_of(name))
        if reason is not None:
            dead[name] = reason
    assert dead == {}


@pytest.mark.parametrize("integer", [-1, 100000, 2147483647])
def test_any_integer_ends_only_what_it_ended_on_the_real_server(server: Server, integer: int) -> None:
    expected = {function["name"] for function in DEADLY if str(integer) in function["dies_at"]}
    dead = {name for name in BY_NAME if server.call(name, *arguments_of(name, integer, NO_CHECKSUM))}
    assert dead == expected


def test_every_argument_but_a_boolean_is_checked(server: Server) -> None:
    unchecked = []
    for name, function in BY_NAME.items():
        for position, parameter in enumerate(function["params"]):
            if parameter["type"] in ("boolean", "any"):
                continue
            arguments = arguments_of(name)
            arguments[position] = None
            reason = server.call(name, *arguments)
            if reason is None or f"argument '{parameter['name']}'" not in reason:
                unchecked.append(f"{name}({parameter['name']})")
    assert unchecked == []


def test_every_recorded_event_is_an_event_of_the_real_server() -> None:
    events = {event["name"] for event in json.loads(Path(API).with_name("events-0.8.1.json").read_text())}
    lua = luajit.LuaRuntime(unpack_returned_tuples=True)
    search_only(lua, lua_folder())
    ours = set(lua.require("embedded.core.event_handler").keys())
    by_timer = {"OnDeathTimeExpiration"}
    assert ours - by_timer <= events
