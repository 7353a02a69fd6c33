"""Reads mutated plugins into an index: nothing but typed errors may be raised, and each takes bounded time.

Usage: python -m tests.fuzz.plugin_fuzz [MUTATIONS] [--seed N]

Every ASKED_EVERYth is also indexed in a file, whose index is asked for descriptions, matches, ways and ground.
Exit status 1 when a mutation raised another error, or took longer than SLOW_S; its seed is printed.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import random
import sqlite3
import struct
import tempfile
import time
from pathlib import Path

from tests.fuzz.listener_fuzz import say
from timmy_actors.errors import GameDataError, RefusedError
from timmy_actors.gamedata import Answers, GameDataRequest, Library, build_index
from timmy_actors.gamedata.faults import Faults
from timmy_actors.gamedata.library import MAX_NAME
from timmy_actors.gamedata.plugin import Plugin
from timmy_actors.gamedata.tables import INDEXES, TABLES, Tables, define
from timmy_actors.protocol import DescribeRequest, LookUpRequest, Place, RouteRequest, TerrainRequest
from tools.plugin_writer import encode, encode_cell, encode_land, encode_path_grid, plugin

SLOW_S = 10.0
"""Of CPU time; a mutation takes a millisecond."""
REPORT_EVERY = 20_000
ASKED_EVERY = 50
MOST_CHANGES = 6
SIZES = (0, 1, 3, 4, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
SLOPE = encode_land(1, 2, [10.0 * (number // 65) for number in range(65 * 65)])
OUTSIDE = Place(cell="1, 2", x=8200, y=16400)
QUESTIONS: tuple[GameDataRequest, ...] = (
    LookUpRequest(id="1", text="jiub"),
    LookUpRequest(id="1", text="%"),
    RouteRequest(id="1", to="jiub", start=Place(cell="Hall", x=1, y=2, z=3)),
    RouteRequest(id="1", to="Hall", start=OUTSIDE),
    RouteRequest(id="1", to=Place(cell="1, 2", x=16000, y=24000), start=OUTSIDE),
    TerrainRequest(id="1", cell_x=1, cell_y=2),
)


def small_plugin(land: bytes = b"") -> bytes:
    """A plugin of a few kilobytes with every kind of structure: lists, fixed texts, references, grids, topics."""
    here = {"x": 1.0, "y": 2.0, "z": 3.0, "pitch": 0.0, "roll": 0.0, "yaw": 0.5}
    door = here | {"to_x": 9000.0, "to_y": -2.0, "to_z": 3.0, "to_pitch": 0.0, "to_roll": 0.0, "to_yaw": 1.0}
    references = [
        {"number": 1, "id": "jiub", **here, "owner": "x"},
        {"number": 2, "id": "door", **door, "to_cell": "Hall"},
    ]
    return plugin([
        encode(b"FACT", {"id": "guild", "ranks": ["a", "b"], "reactions": ["x"], "reaction_amounts": [{"amount": 1}]}),
        encode(b"NPC_", {"id": "jiub", "level": 1, "items": [{"count": 1, "item": "cup"}], "wander": [{"hour": 5}]}),
        encode(b"BOOK", {"id": "b", "text": "Words", "weight": 1.0}),
        encode(b"LEVI", {"id": "l", "flags": 0, "items": ["cup"], "levels": [{"level": 1}]}),
        encode(b"SCPT", {"id": "script", "shorts": 1}),
        encode(b"MGEF", {"number": 14, "cost": 1.0}),
        encode_cell({"name": "Hall", "flags": 1, "x": 0, "y": 0}, references, {1: (3, 4)}),
        encode_cell({"name": "", "flags": 0, "x": 1, "y": 2, "region": "r"}, references),
        land or encode(b"LAND", {"x": 1, "y": 2, "flags": 1}),
        encode_path_grid(0, 0, "Hall", [(1, 2, 3), (4, 5, 6)], [(0, 1), (1, 0)]),
        encode(b"DIAL", {"id": "quest", "type": 4}),
        encode(b"INFO", {"id": "1", "next": "2", "type": 4, "disposition": 10, "text": "Stage"}),
        encode(b"INFO", {"id": "2", "previous": "1", "type": 4, "text": "Name", "is_name": True}),
    ])  # fmt: skip


def mutated(data: bytes, seed: int) -> bytes:
    """One mutation: bytes changed, sizes replaced, parts removed, doubled or moved."""
    choose, changed = random.Random(seed), bytearray(data)
    for _ in range(choose.randint(1, MOST_CHANGES)):
        at, length = choose.randrange(len(changed) or 1), choose.choice((1, 4, 8, 16, 100))
        match choose.randrange(6):
            case 0:
                changed[at : at + 1] = bytes([choose.randrange(256)])
            case 1:
                changed[at : at + 4] = struct.pack("<I", choose.choice(SIZES))
            case 2:
                del changed[at : at + length]
            case 3:
                changed[at:at] = changed[at : at + length]
            case 4:
                part = bytes(changed[at : at + length])
                del changed[at : at + length]
                to = choose.randrange(len(changed) + 1)
                changed[to:to] = part
            case _:
                del changed[at:]
    return bytes(changed)


class MemoryIndex:
    """An index in memory, empty for every file: to create its tables takes four times as long as to fill them."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        define(self._connection, TABLES)
        define(self._connection, INDEXES)

    def read(self, data: bytes) -> Faults:
        """Read a plugin's bytes.

        Raises:
            GameDataError: it can't be used.
        """
        tables, faults = Tables(self._connection), Faults()
        plugin = Plugin(Path("mutated.esp"), 1, loaded={}, tables=tables, faults=faults, code_page="cp1252")
        self._connection.execute("BEGIN")
        try:
            plugin.read_from(io.BytesIO(data), lambda _: None)
            tables.finish()
        finally:
            self._connection.execute("ROLLBACK")
        return faults

    def close(self) -> None:
        """Close the index."""
        self._connection.close()


def ask_everything(data: bytes, folder: Path) -> None:
    """Build the index of a plugin's bytes in a file, and ask it all that callers may ask.

    Raises:
        GameDataError: the plugin can't be used, or what was asked cannot be answered.
    """
    (folder / "mutated.esp").write_bytes(data)
    build_index([folder / "mutated.esp"], folder / "index")
    with contextlib.closing(Library(folder / "index")) as library:
        answers = Answers(library)
        for request in (*QUESTIONS, *(DescribeRequest(id="1", record=record) for record in _ids(library))):
            with contextlib.suppress(RefusedError):
                answers.answer(request).model_dump_json()
        list(map(library.name, _ids(library)))
        library.stage_text("quest", 10)


def _ids(library: Library) -> set[str]:
    """The ids of the index that a caller can write: of a record, a cell, a quest or a thing in a cell."""
    rows = library.rows("SELECT key FROM record UNION SELECT key FROM cell UNION SELECT topic FROM info")
    return {key for (key,) in rows if key.isprintable() and 0 < len(key) <= MAX_NAME} | {"1-0", "2-0"}


class Mutations:
    """Reads mutations of a plugin; counts what became of them, and remembers the slowest."""

    def __init__(self, folder: Path) -> None:
        self._data, self._land = small_plugin(), small_plugin(SLOPE)
        self._folder = folder
        self._index = MemoryIndex()
        self.outcomes = dict.fromkeys(("whole", "faults", "refused"), 0)
        self.slowest_s = 0.0

    def check(self, seed: int) -> None:
        """Read one mutation into the index; of every ASKED_EVERYth ask everything.

        Raises:
            TimeoutError: it took longer than SLOW_S.
        """
        began = time.thread_time()
        try:
            self.outcomes["faults" if list(self._index.read(mutated(self._data, seed))) else "whole"] += 1
        except GameDataError:
            self.outcomes["refused"] += 1
        if seed % ASKED_EVERY == 0:
            with contextlib.suppress(GameDataError):
                ask_everything(mutated(self._land, seed), self._folder)
        took_s = time.thread_time() - began
        self.slowest_s = max(self.slowest_s, took_s)
        if took_s > SLOW_S:
            raise TimeoutError(f"{took_s:.1f} s of CPU time, more than {SLOW_S:g} s")

    def close(self) -> None:
        """Close the index."""
        self._index.close()


def fuzz(mutations: int, first: int, folder: Path) -> int:
    """Read this many mutations: the exit status."""
    began = time.monotonic()
    with contextlib.closing(Mutations(folder)) as tried:
        for number in range(mutations):
            try:
                tried.check(first + number)
            except Exception as error:  # noqa: BLE001  whatever it is, it is the finding
                say(f"seed {first + number}: {type(error).__name__}: {error}")
                return 1
            if (number + 1) % REPORT_EVERY == 0:
                say(f"{number + 1} mutations: {tried.outcomes}")
        took_s = time.monotonic() - began
        say(f"{mutations} mutations from seed {first} in {took_s:.0f} s: {tried.outcomes}")
        say(f"the slowest took {tried.slowest_s * 1000:.0f} ms of CPU time")
    return 0


def main() -> int:
    """One run: the exit status."""
    parser = argparse.ArgumentParser(description="Reads mutated plugins into an index.")
    parser.add_argument("mutations", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ta-") as folder:
        return fuzz(options.mutations, options.seed, Path(folder))


if __name__ == "__main__":
    raise SystemExit(main())
