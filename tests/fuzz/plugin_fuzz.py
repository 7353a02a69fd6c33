"""Reads mutated plugins into an index: nothing but typed errors may be raised, and each takes bounded time.

Usage: python -m tests.fuzz.plugin_fuzz [MUTATIONS] [--seed N]

Exit status 1 when a mutation raised another error, or took longer than SLOW_S; its seed is printed.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import random
import sqlite3
import struct
import time
from pathlib import Path

from tests.fuzz.listener_fuzz import say
from timmy_actors.errors import GameDataError
from timmy_actors.gamedata.faults import Faults
from timmy_actors.gamedata.plugin import Plugin
from timmy_actors.gamedata.tables import Tables
from tools.plugin_writer import encode, encode_cell, encode_path_grid, plugin

SLOW_S = 10.0
"""Of CPU time; a mutation takes a millisecond."""
REPORT_EVERY = 20_000
MOST_CHANGES = 6
SIZES = (0, 1, 3, 4, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def small_plugin() -> bytes:
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
        encode(b"LAND", {"x": 1, "y": 2, "flags": 1}),
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


def index_in_memory(data: bytes) -> Faults:
    """Read a plugin's bytes into an index.

    Raises:
        GameDataError: it can't be used.
    """
    faults = Faults()
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        tables = Tables(connection)
        plugin = Plugin(Path("mutated.esp"), 1, loaded={}, tables=tables, faults=faults, code_page="cp1252")
        plugin.read_from(io.BytesIO(data), lambda _: None)
        tables.finish()
    return faults


def check(data: bytes, seed: int) -> str:
    """Read one mutation: "whole", "faults" or "refused".

    Raises:
        TimeoutError: it took longer than SLOW_S.
    """
    started = time.thread_time()
    try:
        outcome = "faults" if list(index_in_memory(mutated(data, seed))) else "whole"
    except GameDataError:
        outcome = "refused"
    if time.thread_time() - started > SLOW_S:
        raise TimeoutError(f"seed {seed} took longer than {SLOW_S:g} s of CPU time")
    return outcome


def main() -> int:
    """One run: the exit status."""
    parser = argparse.ArgumentParser(description="Reads mutated plugins into an index.")
    parser.add_argument("mutations", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    data, outcomes = small_plugin(), dict.fromkeys(("whole", "faults", "refused"), 0)
    for number in range(options.mutations):
        seed = options.seed + number
        try:
            outcomes[check(data, seed)] += 1
        except Exception as error:  # noqa: BLE001  whatever it is, it is the finding
            say(f"seed {seed}: {type(error).__name__}: {error}")
            return 1
        if (number + 1) % REPORT_EVERY == 0:
            say(f"{number + 1} mutations: {outcomes}")
    say(f"{options.mutations} mutations from seed {options.seed}: {outcomes}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
