"""Merging the frames of protocol version 2 gives what a full perception of version 1 has, at each revision."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timmy_actors.link.codec import decode
from timmy_actors.perception.frames import Entities, apply_changes, merge_frame
from timmy_actors.perception.merged import Merged
from timmy_actors.perception.retention import merge
from timmy_actors.protocol import Frame, Perception

luajit21 = pytest.importorskip("lupa.luajit21")

ROOT = Path(__file__).parent.parent.parent
RADIUS = 3000
MOST = 6
"""Fewer than there are near the players, so that entities come and go by their distances."""
PLAYERS = ("Timmy", "Jiub")

names = st.sampled_from(PLAYERS)


def command(name: str, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"name": st.just(name), "player": names, **arguments})


commands = st.one_of(
    command("teleport", to=st.sampled_from(("Balmora", "Seyda Neen"))),
    command("teleport", to_player=names),
    command("give_item", item=st.just("gold_001")),
    command("set_stat", stat=st.just("health"), value=st.integers(1, 40)),
    command("spawn_actor", ref_id=st.just("mudcrab")),
    command("place_item", item=st.just("misc_com_bottle_01")),
    command("message", text=st.text("ab", min_size=1, max_size=3)),
    command("set_creature", creature=st.just("rat")),
)
steps = st.one_of(
    st.tuples(st.just("command"), commands),
    st.tuples(st.just("disturb"), st.integers(0, 9), st.integers(-2000, 2000), st.integers(0, 60)),
    st.tuples(st.just("swap"), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.integers(1, 12)),
    st.tuples(st.just("subscribe")),
)


class Client:
    """A client of version 2 that merges what it receives."""

    def __init__(self, lua: Any) -> None:
        self._lua = lua
        self._ids = iter(range(1, 10**6))
        self.entities: Entities = {}
        self.states: dict[int, Merged] = {}
        self.subscribe()

    def subscribe(self) -> None:
        sections = ["nearby_actors", "nearby_players", "nearby_objects", "position", "stats", "condition", "inventory"]
        message = {"sections": [*sections, "spells", "world", "chat"], "rate_hz": 10, "radius": RADIUS, "most": MOST}
        self.say(type="subscribe", **message)

    def say(self, **message: Any) -> None:
        self._lua.say(json.dumps({**message, "id": str(next(self._ids))}))

    def command(self, name: str, **arguments: Any) -> None:
        self.say(type="command", name=name, arguments=arguments, deadline=10**12)

    def take(self) -> None:
        """Merge everything that has arrived."""
        for line in self._lua.received().splitlines():
            if '"type":"frame"' in line:
                frame = decode(line.encode())
                assert isinstance(frame, Frame)
                self.merge(frame)
            elif '"type":"subscribed"' in line:
                self.entities.clear()

    def merge(self, frame: Frame) -> None:
        apply_changes(self.entities, frame.entities)
        for perception in frame.perceptions:
            before = self.states.get(perception.pid)
            merged = merge_frame(before, perception, self.entities, boot="b", epoch=1, game_ms=frame.game_ms)
            assert merged is not None
            self.states[perception.pid] = merged


@pytest.fixture(scope="module")
def lua() -> Any:
    runtime = luajit21.LuaRuntime()
    path = f"{ROOT}/lua/?.lua;{ROOT}/tests/lua/?.lua;"
    runtime.execute(f"package.path = '{path}' .. package.path; package.loaded.test_root = '{ROOT}'")
    return runtime.eval("require('two_versions')")


@settings(max_examples=15, deadline=None)
@given(st.lists(steps, max_size=12), st.integers(1, 20))
def test_merged_frames_equal_a_full_perception_of_version_1_at_each_revision(
    lua: Any, script: list[tuple[Any, ...]], parts: int
) -> None:
    lua.open()
    client = Client(lua)
    for step in script:
        match step:
            case ("command", arguments):
                client.command(**arguments)
            case ("subscribe",):
                client.subscribe()
            case ("wait", tenths):
                lua.run(tenths * 100, parts)
            case (act, *values):
                lua[act](*values)
        client.take()
    settle(lua, client, parts)
    for pid, player in enumerate(PLAYERS):
        assert shown(client.states[pid]) == observed(lua, player), player


def settle(lua: Any, client: Client, parts: int) -> None:
    """Let travellers arrive and every reading be renewed: each player gets a command, so its next push is all new."""
    lua.run(12_000, parts)
    for player in PLAYERS:
        client.command("message", player=player, text="now")
    lua.run(110, parts)
    client.take()


def shown(state: Merged) -> dict[str, Any]:
    return compared(state.output.model_dump())


def observed(lua: Any, player: str) -> dict[str, Any]:
    message = decode(lua.observe(player, RADIUS, MOST).encode())
    assert isinstance(message, Perception)
    output = merge(None, message, boot="b", epoch=1)
    assert output is not None
    return compared(output.model_dump())


def compared(output: dict[str, Any]) -> dict[str, Any]:
    names = ("position", "stats", "condition", "inventory", "spells", "chat", "revision")
    nearby = ("nearby_actors", "nearby_players", "nearby_objects")
    return {name: output[name] for name in (*names, *nearby)}
