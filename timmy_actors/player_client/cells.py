"""Cells, as packets name them and as the rest of the package does."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

CELL_SIDE = 8192.0
INTERIOR = 1
"""The flag of an interior cell."""


class Cell(NamedTuple):
    """A cell: an exterior one by its place in the grid, an interior one by its name."""

    name: str
    """Empty for an exterior cell: its name says nothing that the grid does not."""
    x: int = 0
    y: int = 0

    @property
    def interior(self) -> bool:
        """Whether it is inside."""
        return bool(self.name)

    @property
    def description(self) -> str:
        """TES3MP's cell description: `-3, -2`, or the name."""
        return self.name or f"{self.x}, {self.y}"

    def fields(self) -> dict[str, Any]:
        """As the members of a packet."""
        return {"cell": (INTERIOR if self.interior else 0, self.x, self.y), "cell_name": self.name}

    def middle(self) -> tuple[float, float, float, float, float, float]:
        """Where a game puts a player that comes to the cell, until the server says where exactly."""
        if self.interior:
            return (0.0,) * 6
        return ((self.x + 0.5) * CELL_SIDE, (self.y + 0.5) * CELL_SIDE, 0.0, 0.0, 0.0, 0.0)

    def neighbours(self) -> frozenset[Cell]:
        """The cell and the eight around it, which a game's client loads; an interior has none."""
        if self.interior:
            return frozenset((self,))
        return frozenset(Cell("", self.x + dx, self.y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))


def cell_in(fields: Mapping[str, Any]) -> Cell:
    """The cell that a packet's members name."""
    flags, x, y = fields["cell"]
    return Cell(fields["cell_name"]) if flags & INTERIOR and fields["cell_name"] else Cell("", x, y)


def cell_at(x: float, y: float) -> Cell:
    """The exterior cell at a point."""
    return Cell("", math.floor(x / CELL_SIDE), math.floor(y / CELL_SIDE))
