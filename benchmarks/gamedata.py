"""The index of game data against walking its file, perceptions with words against those without, ways against networkx.

The file has 80 MB, about as the game's own: half of it terrain, a quarter references, a tenth dialogue.
"""

from __future__ import annotations

import itertools
import json
import math
import random
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import networkx

from benchmarks.harness import Figure, Reading, in_turn, interleave
from timmy_actors.gamedata import Library, Navigator, build_index
from timmy_actors.link.codec import decode
from timmy_actors.perception import merge
from timmy_actors.perception.frames import Entities, apply_changes, merge_frame
from timmy_actors.perception.merged import Merged
from timmy_actors.perception.words import add_words, add_words_to_entities, add_words_to_sections
from timmy_actors.protocol import Frame, Perception, Place
from tools.plugin_writer import encode, encode_cell, encode_path_grid, frame, plugin

LANDS, CELLS, REFERENCES, INFOS, BOOKS, GRIDS, PEOPLE = 1_390, 2_500, 105, 23_700, 570, 1_200, 2_700
NORMALS, HEIGHTS, COLORS, TEXTURES = 12_675, 4_232, 12_675, 512
INDEX_ROUNDS, ROUTE_CELLS = 3, 50
WORDS_ROUNDS = 200
"""Many and short: the difference is smaller than what other programs change from one second to the next."""
MEGABYTE = 1024 * 1024
CELL = 8192
ACTORS, THINGS, ITEMS = 30, 20, 20


def run() -> Iterator[Figure | Reading]:
    """Every figure of this room."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "large.esm"
        file.write_bytes(_large_plugin())
        yield from _index(file, folder)
        yield from _words(folder / "index")
        yield from _route(folder)


def _index(file: Path, folder: Path) -> Iterator[Figure | Reading]:
    data, memory = file.read_bytes(), list[float]()

    def index() -> float:
        (folder / "index").unlink(missing_ok=True)
        seconds, peak = _build_in_a_process(file, folder / "index")
        memory.append(peak)
        return seconds

    mine, theirs = interleave(index, lambda: _seconds(lambda: _walk(data)), rounds=INDEX_ROUNDS)
    size = len(data) / MEGABYTE
    yield Figure(
        f"index of a file of {size:.0f} MB",
        mine,
        theirs,
        "<= 20 x",
        lambda ratio: ratio <= 20,
        "s",
        "struct.iter_unpack",
    )
    yield Reading("    its memory", memory, "<= 200 MB", lambda peak: peak <= 200, "MB")


def _build_in_a_process(file: Path, index: Path) -> tuple[float, float]:
    """The seconds that the daemon's process for the index takes, and its peak memory in MB."""
    began = time.perf_counter()
    # Not `ru_maxrss`, which begins with the memory of the process that started this one.
    code = (
        "import sys; from timmy_actors.gamedata.__main__ import main; main(*sys.argv[1:]);"
        "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    command = [sys.executable, "-c", code, str(index), "cp1252", str(file)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    kilobytes = int(run.stdout.rpartition("VmHWM:")[2].split()[0])
    return time.perf_counter() - began, kilobytes / 1024


def _walk(data: bytes) -> int:
    """Walk the headers of all records and subrecords, and do nothing with them."""
    record, subrecord, position, count = struct.Struct("<4sIII"), struct.Struct("<4sI"), 0, 0
    while position < len(data):
        [(_, size, _, _)] = record.iter_unpack(data[position : position + 16])
        inner, position = position + 16, position + 16 + size
        while inner < position:
            [(_, length)] = subrecord.iter_unpack(data[inner : inner + 8])
            inner += 8 + length
            count += 1
    return count


def _words(index: Path) -> Iterator[Figure]:
    library, received = Library(index), _perception()
    frame, moved = _whole_frame(received), _moved_frame()
    frames = {words: _Frames() for words in (library, None)}
    for words, of in frames.items():
        of.receive(frame, words)
    actions: dict[str, Callable[[Library | None], object]] = {
        "a perception with words, merged from a frame": lambda words: _Frames().receive(frame, words).output,
        "    the next frame, in which all have moved": lambda words: frames[words].receive(moved, words),
        "    the same perception whole, as lockstep gets it": lambda words: _merge(received, words),
    }
    for name, action in actions.items():
        measures = (partial(_each_us, partial(action, words), 20) for words in (library, None))
        mine, theirs = in_turn(*measures, rounds=WORDS_ROUNDS)
        yield Figure(name, mine, theirs, "<= 1.1 x", lambda ratio: ratio <= 1.1, "us", "one without")
    library.close()


def _merge(received: bytes, words: Library | None) -> None:
    message = decode(received)
    assert isinstance(message, Perception)
    if words is not None:
        add_words(message, words)
    merge(None, message, boot="boot", epoch=1)


class _Frames:
    """What the daemon does with the frames of version 2, for one player."""

    def __init__(self) -> None:
        self._entities: Entities = {}
        self._merged: Merged | None = None

    def receive(self, received: bytes, words: Library | None) -> Merged:
        frame = decode(received)
        assert isinstance(frame, Frame)
        if words is not None:
            add_words_to_entities(frame.entities.whole, words)
        apply_changes(self._entities, frame.entities)
        [perception] = frame.perceptions
        self._merged = merge_frame(self._merged, perception, self._entities, boot="boot", epoch=1, game_ms=1)
        assert self._merged is not None
        changed = perception.sections.model_fields_set
        if words is not None and changed:
            sections = {name: section for name, section in self._merged.sections.items() if name in changed}
            add_words_to_sections(sections, words)
        return self._merged


def _route(folder: Path) -> Iterator[Figure]:
    grids = [_town_grid(x, 0) for x in range(ROUTE_CELLS)]
    (folder / "flat.esm").write_bytes(plugin(grids))
    build_index([folder / "flat.esm"], folder / "flat")
    library = Library(folder / "flat")
    navigator = Navigator(library)
    start, end = Place(cell="0, 0", x=512, y=512), Place(cell="49, 0", x=49 * CELL + 7680, y=7680)
    if navigator.route(start, end).reason:
        raise RuntimeError("no way was found")
    points, steps = navigator.outside.points, navigator.outside.steps
    graph: Any = networkx.DiGraph()
    graph.add_weighted_edges_from((one, other, length) for one, near in enumerate(steps) for other, length in near)
    first, last = (
        min(range(len(points)), key=lambda number: math.dist(points[number], (at.x, at.y, at.z))) for at in (start, end)
    )

    def theirs() -> None:
        networkx.astar_path(graph, first, last, heuristic=lambda one, other: math.dist(points[one], points[other]))

    mine, others = interleave(lambda: _each_us(lambda: navigator.route(start, end), 1), lambda: _each_us(theirs, 1))
    yield Figure(
        f"a way across {ROUTE_CELLS} cells", mine, others, "<= 0.5 x", lambda ratio: ratio <= 0.5, "us", "networkx's A*"
    )
    library.close()


def _seconds(action: Any) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def _each_us(action: Any, times: int) -> float:
    """CPU time: other programs on this machine are not what is compared."""
    began = time.thread_time()
    for _ in range(times):
        action()
    return (time.thread_time() - began) / times * 1e6


def _large_plugin() -> bytes:
    choose = random.Random(1)
    things = [
        encode(b"STAT", {"id": f"rock_{number:03}", "model": f"x\\rock_{number:03}.nif"}) for number in range(600)
    ]
    people = [_person(number) for number in range(PEOPLE)]
    items = [encode(b"MISC", {"id": f"item_{number}", "name": f"Item {number}", "value": 1}) for number in range(600)]
    books = [
        encode(b"BOOK", {"id": f"book_{number}", "name": f"Book {number}", "text": "words " * 750})
        for number in range(BOOKS)
    ]
    cells = [_cell(number, choose) for number in range(CELLS)]
    lands = [_land(number) for number in range(LANDS)]
    grids = [_town_grid(number % 40, number // 40) for number in range(GRIDS)]
    return plugin([*things, *people, *items, *books, *cells, *lands, *grids, *_dialogue()])


def _person(number: int) -> bytes:
    stacks = [{"count": 1, "item": f"item_{each}"} for each in range(5)]
    numbers = {"level": 5, "disposition": 50, "gold": 10, "items": stacks}
    return encode(b"NPC_", {"id": f"person_{number}", "name": f"Person {number}", "race": "Imperial", **numbers})


def _cell(number: int, choose: random.Random) -> bytes:
    references = [
        {"number": number * REFERENCES + each, "id": f"rock_{choose.randrange(600):03}", "scale": 1.5}
        | {name: choose.uniform(0, CELL) for name in ("x", "y", "z", "pitch", "roll", "yaw")}
        for each in range(REFERENCES)
    ]
    interior = number % 2
    name = f"Room {number}" if interior else ""
    return encode_cell({"name": name, "flags": interior, "x": number % 50, "y": number // 50}, references)


def _land(number: int) -> bytes:
    parts = {b"VNML": NORMALS, b"VHGT": HEIGHTS, b"VCLR": COLORS, b"VTEX": TEXTURES}
    body = b"INTV" + struct.pack("<Iii", 8, number % 40, number // 40) + b"DATA" + struct.pack("<II", 4, 1)
    return frame(b"LAND", body + b"".join(tag + struct.pack("<I", size) + bytes(size) for tag, size in parts.items()))


def _town_grid(x: int, y: int) -> bytes:
    points = [(column * 1024 + 512, row * 1024 + 512, 0) for column in range(8) for row in range(8)]
    edges = [
        (one, other)
        for one in range(64)
        for other in range(64)
        if 0 < math.dist(points[one], points[other]) < 1.5 * 1024
    ]
    return encode_path_grid(x, y, "Region", points, edges)


def _dialogue() -> Iterator[bytes]:
    for number in range(INFOS):
        if number % 10 == 0:
            kind = 4 if number % 50 == 0 else 0
            yield encode(b"DIAL", {"id": f"topic_{number}", "type": kind})
        names = {"id": f"line_{number}", "previous": f"line_{number - 1}", "next": f"line_{number + 1}"}
        yield encode(b"INFO", {**names, "type": kind, "disposition": number % 10, "text": "Some words. " * 20})


def _perception() -> bytes:
    spot = {"cell": "0, 0", "x": 1.5, "y": 2.5, "z": 3.5, "distance": 100.5, "bearing": 20.5}
    actor = {**spot, "health": {"current": 50, "base": 60}, "equipment": {"helmet": "item_1"}}
    thing = {**spot, "kind": "item"}
    item = {"count": 1, "charge": -1, "enchantment_charge": -1, "soul": ""}
    actors = [{"unique_index": f"{each}-0", "ref_id": f"person_{each}", **actor} for each in range(ACTORS)]
    things = [{"unique_index": f"{each}-0", "ref_id": f"item_{each}", **thing} for each in range(THINGS)]
    items = [{"ref_id": f"item_{each}", **item} for each in range(ITEMS)]
    sections = {
        "nearby_actors": {"actors": actors},
        "nearby_objects": {"objects": things},
        "inventory": {"items": items},
        "quests": {"stages": {f"topic_{each * 50}": 1 for each in range(10)}},
    }
    message = {"type": "perception", "player": "Timmy", "pid": 0, "now": 1, "full": True, "seq": 1}
    return json.dumps({**message, "sections": sections, "revisions": dict.fromkeys(sections, 1)}).encode()


def _whole_frame(perception: bytes) -> bytes:
    """The perception as a first frame: every entity is new."""
    sections, keys = json.loads(perception)["sections"], itertools.count(1)
    entities, listed = list[Any](), dict[str, Any]()
    for kind in ("actor", "object"):
        rows = sections.pop(f"nearby_{kind}s")[f"{kind}s"]
        new = [{"key": next(keys), kind: _without(row, "distance", "bearing")} for row in rows]
        entities += new
        listed[f"nearby_{kind}s"] = {"added": [entity["key"] for entity in new]}
    listed |= {name: [1, section] for name, section in sections.items()}
    player = {"pid": 0, "full": True, "player": "Timmy", "revision": 1, "sections": listed}
    return _frame({"whole": entities}, player)


def _moved_frame() -> bytes:
    return _frame({"moved": [[key, 1, 2, 3] for key in range(1, ACTORS + 1)]}, {"pid": 0})


def _frame(entities: dict[str, Any], perception: dict[str, Any]) -> bytes:
    frame = {"type": "frame", "seq": 1, "now": 1, "game_ms": 1, "entities": entities, "perceptions": [perception]}
    return json.dumps(frame).encode()


def _without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}
