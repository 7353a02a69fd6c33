"""The points that one can walk to, and the shortest way between two. Pure: cells are loaded by a function."""

from __future__ import annotations

import heapq
import math
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from timmy_actors.gamedata.tables import CELL_SIZE
from timmy_actors.gamedata.terrain import Terrain

LATTICE = 1024
"""The distance of the points on the terrain of a cell without a path grid, in game units."""
MAX_LINK = 1.5 * LATTICE
"""The longest step between the path grids of two neighbouring cells, in game units."""
MAX_LINKS = 3
"""The most steps from a point to a neighbouring cell."""
MAX_EXPANDED = 200_000
"""The most points that a search looks at: a way across the whole island needs fewer."""
EAGERNESS = 1.02
"""The weight of the distance that is left: on a grid, where many ways are nearly as short, a search looks at a tenth of
the points, and its way is at most 2 % longer."""
_NODE = struct.Struct("<iiiBBH")
_TARGET = struct.Struct("<I")

Point = tuple[float, float, float]
Grid = tuple[list[Point], list[tuple[int, int]]]
"""Points, and edges between their numbers."""


def decode_grid(nodes: bytes, edges: bytes, west: float = 0, south: float = 0) -> Grid:
    """The path grid of a cell; edges that lead to no point are left out."""
    whole = len(nodes) - len(nodes) % _NODE.size
    rows = list(_NODE.iter_unpack(nodes[:whole]))
    points = [(west + x, south + y, float(z)) for x, y, z, *_ in rows]
    targets = (target for (target,) in _TARGET.iter_unpack(edges[: len(edges) - len(edges) % _TARGET.size]))
    pairs = [(start, end) for start, node in enumerate(rows) for end in _take(targets, node[4])]
    return points, [(start, end) for start, end in pairs if end < len(points) and start != end]


def _take(targets: Iterable[int], count: int) -> list[int]:
    return [target for _, target in zip(range(count), targets, strict=False)]


class Graph:
    """Points and steps between them; a step's cost is its length."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self.steps: list[list[tuple[int, float]]] = []
        self.cells: dict[tuple[int, int], range] = {}

    def add(self, cell: tuple[int, int], grid: Grid) -> range:
        """Add the grid of a cell; returns the numbers of its points."""
        points, edges = grid
        first = len(self.points)
        self.points += points
        self.steps += [[] for _ in points]
        for start, end in edges:
            self.join(first + start, first + end)
        self.cells[cell] = range(first, len(self.points))
        return self.cells[cell]

    def join(self, start: int, end: int) -> None:
        """Add a step in one direction."""
        self.steps[start].append((end, math.dist(self.points[start], self.points[end])))

    def enter(self, number: int) -> list[tuple[int, float]]:
        """The steps from a point."""
        return self.steps[number]

    def near(self, point: Point, count: int) -> list[int]:
        """The numbers of the nearest points."""
        return heapq.nsmallest(count, range(len(self.points)), key=lambda number: math.dist(point, self.points[number]))


class Outside(Graph):
    """The path grids of the exterior cells, joined across borders; cells are loaded when a search reaches them.

    Args:
        load: gives the path grid of a cell, or None.
    """

    def __init__(self, load: Callable[[int, int], Grid | None], terrain: Terrain) -> None:
        super().__init__()
        self._load = load
        self._terrain = terrain
        self._entered: set[tuple[int, int]] = set()
        self._cell_of: list[tuple[int, int]] = []

    def enter(self, number: int) -> list[tuple[int, float]]:
        """The steps from a point, for which the cells around are loaded."""
        if self._cell_of[number] not in self._entered:
            self.load_around(*self._cell_of[number])
        return self.steps[number]

    def load_around(self, x: int, y: int) -> None:
        """Load a cell and the eight around it."""
        self._entered.add((x, y))
        for column in (x - 1, x, x + 1):
            for row in (y - 1, y, y + 1):
                if (column, row) not in self.cells:
                    self._load_cell(column, row)

    def near(self, point: Point, count: int) -> list[int]:
        """The numbers of the nearest points that can be reached over the terrain."""
        x, y = math.floor(point[0] / CELL_SIZE), math.floor(point[1] / CELL_SIZE)
        self.load_around(x, y)
        around = (
            number for column in (x - 1, x, x + 1) for row in (y - 1, y, y + 1) for number in self.cells[column, row]
        )
        nearest = heapq.nsmallest(4 * count, around, key=lambda number: math.dist(point[:2], self.points[number][:2]))
        return [number for number in nearest if self._can_walk(point, self.points[number])][:count]

    def _load_cell(self, x: int, y: int) -> None:
        grid = self._load(x, y) or self._lattice(x, y)
        numbers = self.add((x, y), grid)
        self._cell_of += [(x, y)] * len(numbers)
        for column in (x - 1, x, x + 1):
            for row in (y - 1, y, y + 1):
                if (column, row) != (x, y) and (column, row) in self.cells:
                    self._join_cells(numbers, self.cells[column, row])

    def _join_cells(self, ours: range, theirs: range) -> None:
        points = self.points
        for one in ours:
            x, y, _ = points[one]
            close = [
                (math.hypot(points[other][0] - x, points[other][1] - y), other)
                for other in theirs
                if abs(points[other][0] - x) < MAX_LINK and abs(points[other][1] - y) < MAX_LINK
            ]
            for length, other in heapq.nsmallest(MAX_LINKS, close):
                if length <= MAX_LINK and self._can_walk(points[one], points[other]):
                    self.join(one, other)
                    self.join(other, one)

    def _lattice(self, x: int, y: int) -> Grid:
        """Points on the terrain of a cell without a path grid, joined where it is not too steep."""
        count, west, south = CELL_SIZE // LATTICE, x * CELL_SIZE + LATTICE / 2, y * CELL_SIZE + LATTICE / 2
        spots = [(west + column * LATTICE, south + row * LATTICE) for row in range(count) for column in range(count)]
        heights = [self._terrain.height(*spot) for spot in spots]
        if None in heights:
            return [], []
        points = [(*spot, height or 0.0) for spot, height in zip(spots, heights, strict=True)]
        pairs = [(row * count + column, (row + dy) * count + column + dx)
                 for row in range(count) for column in range(count)
                 for dx, dy in ((1, 0), (0, 1), (1, 1), (-1, 1))
                 if 0 <= column + dx < count and row + dy < count]  # fmt: skip
        walkable = [(one, other) for one, other in pairs if self._can_walk(points[one], points[other])]
        return points, [*walkable, *((other, one) for one, other in walkable)]

    def _can_walk(self, start: Point, end: Point) -> bool:
        return self._terrain.can_walk(*start[:2], *end[:2])


@dataclass(frozen=True)
class Path:
    """The numbers of a path's points, and its length."""

    numbers: list[int]
    length: float


def find_path(graph: Graph, starts: Mapping[int, float], goals: Mapping[int, float], to: Point) -> Path | None:
    """A path from one of the starts to one of the goals, by weighted A*; None: there is none.

    It is at most EAGERNESS times as long as the shortest.

    Args:
        starts: points, each with its distance from where one is.
        goals: points, each with its distance to where one wants to be, which is `to`.
    """
    points, enter, dist, push, pop = graph.points, graph.enter, math.dist, heapq.heappush, heapq.heappop
    costs, before = dict(starts), dict[int, int]()
    known = costs.get
    queue = [(cost + EAGERNESS * dist(points[number], to), number) for number, cost in starts.items()]
    heapq.heapify(queue)
    done = set[int]()
    best, last, infinite = math.inf, -1, math.inf
    while queue and len(done) < MAX_EXPANDED:
        estimate, number = pop(queue)
        if estimate >= best:
            break
        if number in done:
            continue
        done.add(number)
        cost = costs[number]
        if number in goals and cost + goals[number] < best:
            best, last = cost + goals[number], number
        for other, length in enter(number):
            if other not in done:
                further = cost + length
                if further < known(other, infinite):
                    costs[other], before[other] = further, number
                    push(queue, (further + EAGERNESS * dist(points[other], to), other))
    if last < 0:
        return None
    numbers = [last]
    while numbers[-1] in before:
        numbers.append(before[numbers[-1]])
    return Path(numbers[::-1], best)
