"""Writes TES3 plugins, by the declarations that `timmy_actors.gamedata` reads them with."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from timmy_actors.gamedata.fields import Field, Layout, Mark, Numbers, Raw, Text
from timmy_actors.gamedata.schema import HEIGHTS_BYTES, RECORDS, REFERENCE

SIDE = 65
"""The heights along a side of a cell."""
STEP = 8
"""The unit of heights, in game units."""
MAX_DIFFERENCE = 127
LAND_HAS_HEIGHTS = 1
COMPANIONS = {
    (b"TES3", b"MAST"): b"DATA",
    (b"FACT", b"ANAM"): b"INTV",
    (b"LEVI", b"INAM"): b"INTV",
    (b"LEVC", b"CNAM"): b"INTV",
}
"""Lists that stand in pairs: an item of the one, then one of the other."""

Values = Mapping[str, Any]


def plugin(
    records: Sequence[bytes], *, author: str = "", masters: Sequence[str] = (), is_master: bool = False
) -> bytes:
    """A whole file."""
    header: dict[str, Any] = {"version": struct.unpack("<f", struct.pack("<f", 1.3))[0], "type": int(is_master)}
    header |= {"author": author, "description": "", "records": len(records)}
    header |= {"masters": list(masters), "master_sizes": [{"size": 0} for _ in masters]}
    return b"".join([encode(b"TES3", header), *records])


def encode(tag: bytes, values: Values, code_page: str = "cp1252") -> bytes:
    """A record of the kind that has this name in the file."""
    return frame(tag, b"".join(_subrecords(tag, RECORDS[tag].fields, values, code_page)))


def encode_cell(
    values: Values,
    references: Sequence[Values],
    moved: Mapping[int, tuple[int, int]] | None = None,
    code_page: str = "cp1252",
) -> bytes:
    """A cell with its references; `moved` gives the exterior cell that a reference, by number, was moved to."""
    parts = list(_subrecords(b"CELL", RECORDS[b"CELL"].fields, values, code_page))
    for reference in references:
        target = (moved or {}).get(reference["number"])
        if target is not None:
            parts += [
                _part(b"MVRF", struct.pack("<I", reference["number"])),
                _part(b"CNDT", struct.pack("<ii", *target)),
            ]
        parts += _subrecords(b"CELL", REFERENCE.fields, reference, code_page)
    return frame(b"CELL", b"".join(parts))


def encode_land(x: int, y: int, heights: Sequence[float]) -> bytes:
    """The terrain of a cell: 65 x 65 heights in game units, from its south-west corner, row by row to the north."""
    return encode(b"LAND", {"x": x, "y": y, "flags": LAND_HAS_HEIGHTS, "heights": _differences(heights)})


def encode_path_grid(
    x: int, y: int, cell: str, points: Sequence[tuple[int, int, int]], edges: Sequence[tuple[int, int]]
) -> bytes:
    """The path grid of a cell: points within the cell, and edges, each in one direction."""
    outgoing: list[list[int]] = [[] for _ in points]
    for start, end in edges:
        outgoing[start].append(end)
    nodes = (struct.pack("<iiiBBH", *point, 0, len(ends), 0) for point, ends in zip(points, outgoing, strict=True))
    targets = [end for ends in outgoing for end in ends]
    values = {"x": x, "y": y, "granularity": 1024, "points": len(points), "cell": cell}
    return encode(b"PGRD", values | {"nodes": b"".join(nodes), "edges": struct.pack(f"<{len(targets)}I", *targets)})


def frame(tag: bytes, body: bytes) -> bytes:
    """A record of a body."""
    return tag + struct.pack("<III", len(body), 0, 0) + body


def _part(tag: bytes, data: bytes) -> bytes:
    return tag + struct.pack("<I", len(data)) + data


def _subrecords(record: bytes, fields: Mapping[bytes, Field], values: Values, code_page: str) -> Iterator[bytes]:
    companions = {second for (of, _), second in COMPANIONS.items() if of == record}
    for tag, field in fields.items():
        if tag in companions and any(first in fields for (of, first) in COMPANIONS if of == record):
            continue
        encoded = [_part(tag, data) for data in _encoded(field, values, code_page)]
        second = COMPANIONS.get((record, tag))
        if second is not None:
            others = [_part(second, data) for data in _encoded(fields[second], values, code_page)]
            encoded = [part for pair in zip(encoded, others, strict=True) for part in pair]
        yield from encoded


def _encoded(field: Field, values: Values, code_page: str) -> Iterator[bytes]:
    """The data of each subrecord that a field becomes."""
    match field:
        case Text(name, many):
            texts = values.get(name, ()) if many else [values[name]] if name in values else ()
            yield from (text.encode(code_page) + b"\0" for text in texts)
        case Raw(name):
            yield from [values[name]] if name in values else ()
        case Mark(name):
            yield from [struct.pack("<I", 1)] if values.get(name) else ()
        case Numbers(layouts, into) if into:
            yield from (_packed(layouts, item, code_page) for item in values.get(into, ()))
        case Numbers(layouts):
            if any(name in values for layout in layouts for name, _ in layout.names):
                yield _packed(layouts, values, code_page)


def _packed(layouts: Sequence[Layout], values: Values, code_page: str) -> bytes:
    complete = (layout for layout in layouts if all(name in values for name, _ in layout.names))
    layout = next(complete, layouts[-1])
    probe = layout.format.unpack(bytes(layout.format.size))
    items: list[Any] = []
    for name, length in layout.names:
        default = probe[len(items) : len(items) + length]
        value = values.get(name, default[0] if length == 1 else default)
        items += [value] if length == 1 else value
    return layout.format.pack(*(item.encode(code_page) if isinstance(item, str) else item for item in items))


def _differences(heights: Sequence[float]) -> bytes:
    """Heights as a first one and differences: to the point before; of a row's first to that of the row before."""
    first = round(heights[0] / STEP)
    row_start, differences = first, list[int]()
    for row in range(SIDE):
        at = row_start
        for column in range(SIDE):
            wanted = round(heights[row * SIDE + column] / STEP)
            difference = max(-MAX_DIFFERENCE, min(MAX_DIFFERENCE, wanted - at))
            at += difference
            differences.append(difference)
            row_start = at if column == 0 else row_start
    data = struct.pack(f"<f{SIDE * SIDE}b3x", float(first), *differences)
    assert len(data) == HEIGHTS_BYTES  # noqa: S101  the format's size
    return data
