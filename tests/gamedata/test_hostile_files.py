"""Files whose values are possible in the format but not in the game: they cost neither the daemon nor its memory."""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.gamedata.plugins import Index
from tests.gamedata.test_index import BASE, ROOM, place
from timmy_actors.errors import GameDataError
from timmy_actors.gamedata import Library, Navigator, build_index
from timmy_actors.gamedata.faults import MAX_REASON, Fault, Faults
from timmy_actors.gamedata.library import MAX_NAME, MAX_STAGE_TEXT
from timmy_actors.gamedata.terrain import Terrain
from timmy_actors.protocol import Place
from tools.plugin_writer import encode, encode_cell, plugin

FIELD = {"name": "", "flags": 0, "x": 0, "y": 0}
HERE = Place(cell="0, 0", x=100, y=100, z=0)


@contextmanager
def opened(folder: Path, *records: bytes) -> Iterator[Library]:
    """The index of one file with these records."""
    library = Library(Index(folder, ("a.esp", plugin(records))).path)
    try:
        yield library
    finally:
        library.close()


def test_an_id_that_looks_like_a_unique_index_is_described_once(tmp_path: Path) -> None:
    with opened(tmp_path, encode(b"STAT", {"id": "5-0"}), encode_cell(ROOM, [place(5, "5-0")])) as library:
        described = library.describe("5-0")
        assert described is not None
        assert described.id == "5-0"


@pytest.mark.parametrize("far", [math.inf, -math.inf, math.nan, 1e38])
def test_a_way_past_a_door_at_no_place(far: float, tmp_path: Path) -> None:
    doors = [
        place(1, "door", x=far, to_x=1.0, to_y=1.0, to_z=1.0, to_cell="A Room", to_pitch=0.0, to_roll=0.0, to_yaw=0.0),
        place(2, "door", to_x=far, to_y=1.0, to_z=1.0, to_pitch=0.0, to_roll=0.0, to_yaw=0.0),
        place(3, "person", z=far),
    ]
    travel = {"x": far, "y": far, "z": far, "duration": 0, "repeats": 0}
    people = [encode(b"DOOR", {"id": "door"}), encode(b"NPC_", {"id": "person", "travel": [travel]})]
    records = [*people, encode_cell(ROOM, []), encode_cell(FIELD, doors)]
    with opened(tmp_path, *records) as library:
        navigator = Navigator(library)
        for goal in "A Room", "person", Place(cell="A Room", x=1, y=1, z=1):
            assert navigator.route(HERE, goal).model_dump_json()
        for record in "door", "person", "0, 0", "1-0":
            described = library.describe(record)
            assert described is not None
            assert ":Infinity" not in described.model_dump_json()


def test_points_beyond_the_world_are_not_walked_to(tmp_path: Path) -> None:
    node = struct.pack("<iiiBBH", 2**31 - 1, -(2**31), 0, 0, 0, 0)
    grid = {"x": 0, "y": 0, "granularity": 1024, "points": 1, "cell": "", "nodes": node, "edges": b""}
    looked_at: list[tuple[int, int]] = []
    terrain = Terrain(lambda x, y: looked_at.append((x, y)))
    assert not terrain.can_walk(0, 0, 2.0**31, 2.0**31)
    assert looked_at == []
    with opened(tmp_path, encode_cell(FIELD, []), encode(b"PGRD", grid)) as library:
        route = Navigator(library).route(HERE, Place(cell="0, 0", x=5000, y=5000, z=0))
        assert route.reason is not None


def test_what_no_row_can_have_is_not_found(tmp_path: Path) -> None:
    with opened(tmp_path, encode(b"STAT", {"id": "rock"})) as library:
        assert library.stage_text("quest", 2**70) is None
        assert library.name("half a pair \ud83d") is None


def test_names_and_texts_of_perceptions_are_cut(tmp_path: Path) -> None:
    quest = encode(b"DIAL", {"id": "quest", "type": 4})
    stage = encode(b"INFO", {"id": "1", "type": 4, "disposition": 10, "rank": 0, "gender": 0, "player_rank": 0,
                             "text": "t" * 20_000})  # fmt: skip
    with opened(tmp_path, encode(b"MISC", {"id": "long", "name": "n" * 1000}), quest, stage) as library:
        assert library.name("long") == "n" * MAX_NAME
        assert library.stage_text("quest", 10) == "t" * MAX_STAGE_TEXT


def test_a_reason_has_a_bounded_length() -> None:
    faults = Faults()
    for _ in range(2):
        faults.add(Fault("a.esp", "STAT", 0, "x" * 10_000))
    (fault,) = faults
    assert (len(fault.reason), fault.count) == (MAX_REASON, 2)


def test_a_masters_name_cannot_write_lines_into_a_log(tmp_path: Path) -> None:
    (tmp_path / "a.esp").write_bytes(plugin([], masters=["lost\nall is well"]))
    with pytest.raises(GameDataError, match=r'master "lost\\nall is well" is not loaded'):
        build_index([tmp_path / "a.esp"], tmp_path / "index")


def test_what_a_killed_builder_left_is_removed(tmp_path: Path) -> None:
    dead, mine, other = 2**22 + 1, os.getpid(), os.getppid()
    for pid in dead, mine, other:
        (tmp_path / f"index.{pid}.new").write_bytes(b"begun")
    (tmp_path / "a.esp").write_bytes(BASE)
    build_index([tmp_path / "a.esp"], tmp_path / "index")
    assert [path.name for path in tmp_path.glob("*.new")] == [f"index.{other}.new"]
