"""The ground outside: heights from the terrain records, and whether one can walk over it. Pure."""

from __future__ import annotations

import itertools
import math
import struct
from collections.abc import Callable, Sequence

from timmy_actors.gamedata.tables import CELL_SIZE
from timmy_actors.protocol import TERRAIN_SIDE, TerrainCell

SIDE = 65
"""Heights along a side of a cell; the last of one is the first of the next."""
SPACING = CELL_SIZE // (SIDE - 1)
STEP = 8.0
"""The unit of heights in the files, in game units."""
MAX_SLOPE = math.tan(math.radians(49))
"""The steepest ground that OpenMW lets one walk up."""
MAX_LENGTH = 5.0 * CELL_SIZE
"""The longest way whose ground is looked at, in game units: a point of a damaged file may be anywhere."""
_VHGT = struct.Struct(f"<f{SIDE * SIDE}b")


def decode_heights(data: bytes) -> list[list[float]]:
    """The heights of a cell in game units: rows from south to north, each from west to east."""
    first, *differences = _VHGT.unpack_from(data)
    rows, start = list[list[float]](), first if math.isfinite(first) else 0.0
    for begin in range(0, SIDE * SIDE, SIDE):
        start += differences[begin]
        row = itertools.accumulate(differences[begin + 1 : begin + SIDE], initial=start)
        rows.append([height * STEP for height in row])
    return rows


def summarize(x: int, y: int, data: bytes) -> TerrainCell:
    """The ground of a cell in as few heights as a map needs."""
    rows, step = decode_heights(data), (SIDE - 1) // TERRAIN_SIDE
    heights = [round(height) for row in rows[step // 2 :: step] for height in row[step // 2 :: step]]
    return TerrainCell(x=x, y=y, heights=tuple(heights))


class Terrain:
    """The ground; cells are decoded when they are needed.

    Args:
        load: gives the VHGT of a cell, or None.
    """

    def __init__(self, load: Callable[[int, int], bytes | None]) -> None:
        self._load = load
        self._cells: dict[tuple[int, int], Sequence[Sequence[float]] | None] = {}

    def height(self, x: float, y: float) -> float | None:
        """The height of the ground at a position; None: it is not known."""
        column, row = x / SPACING, y / SPACING
        cell = math.floor(column / (SIDE - 1)), math.floor(row / (SIDE - 1))
        rows = self._rows(*cell)
        if rows is None:
            return None
        column -= cell[0] * (SIDE - 1)
        row -= cell[1] * (SIDE - 1)
        west, south = min(int(column), SIDE - 2), min(int(row), SIDE - 2)
        east, north = column - west, row - south
        lower, upper = rows[south], rows[south + 1]
        near = lower[west] * (1 - east) + lower[west + 1] * east
        return near * (1 - north) + (upper[west] * (1 - east) + upper[west + 1] * east) * north

    def can_walk(self, x: float, y: float, to_x: float, to_y: float) -> bool:
        """Whether the ground between two points is nowhere too steep; unknown ground counts as flat.

        Points more than MAX_LENGTH apart are not near enough to walk without others between them.
        """
        length = math.hypot(to_x - x, to_y - y)
        if length > MAX_LENGTH:
            return False
        steps = max(1, math.ceil(length / SPACING))
        before = self.height(x, y)
        for step in range(1, steps + 1):
            share = step / steps
            here = self.height(x + (to_x - x) * share, y + (to_y - y) * share)
            if before is not None and here is not None and abs(here - before) > MAX_SLOPE * length / steps:
                return False
            before = here
        return True

    def _rows(self, x: int, y: int) -> Sequence[Sequence[float]] | None:
        if (x, y) not in self._cells:
            data = self._load(x, y)
            self._cells[x, y] = None if data is None else decode_heights(data)
        return self._cells[x, y]
