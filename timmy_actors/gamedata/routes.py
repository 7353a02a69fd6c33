"""Ways on foot: inside a room over its path grid, outside over those of the cells, and through doors between them."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from dataclasses import dataclass

from timmy_actors.gamedata.graph import Graph, Grid, Outside, Point, decode_grid, find_path
from timmy_actors.gamedata.library import Library
from timmy_actors.gamedata.tables import CELL_SIZE, exterior_key_at
from timmy_actors.gamedata.terrain import Terrain
from timmy_actors.protocol import GameRoute, Place, Waypoint

OUTSIDE = ""
"""The space of all exterior cells, which share one system of coordinates; an interior's space is its key."""
NEAREST = 4
"""From how many points of the graph a way begins or ends."""
STRAIGHT = 1024.0
"""A way at most this long, in game units, may be straight where no path grid is known."""
DOOR_COST = 200.0
"""What going through a door costs, in game units: of two equally long ways, that with fewer doors is taken."""
MAX_TRIES = 8
"""How many chains of doors are tried."""


@dataclass(frozen=True)
class Door:
    """A door from one space to another: where it stands, and where one arrives."""

    unique_index: str
    space: str
    cell: str
    at: Point
    to_space: str
    to_cell: str
    arrival: Point


@dataclass(frozen=True)
class Goal:
    """Where a way is to end: in a space, at a point, or anywhere in it."""

    space: str
    at: Point | None
    unique_index: str | None = None


class Navigator:
    """Finds ways over an index. Cells are read when a search reaches them, and remembered. For one thread."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.terrain = Terrain(self._heights)
        self.outside = Outside(self._outside_grid, self.terrain)
        self._rooms: dict[str, Graph] = {}
        self._doors: dict[str, list[Door]] | None = None

    def route(self, start: Place, to: Place | str) -> GameRoute:
        """The shortest way known, or why there is none."""
        space, at = _space(start.cell), (start.x, start.y, start.z)
        goal = self._goal(to)
        if goal is None:
            return GameRoute(reason=f"no place, person or thing {to!r} is in the game's files: look it up by its name")
        barred = set[tuple[str, str]]()
        for _ in range(MAX_TRIES):
            doors = self._chain(space, at, goal, barred)
            if doors is None:
                return GameRoute(reason=f"no way on foot leads through doors from {start.cell!r} to {_words(to)!r}")
            legs = self._legs(space, at, doors, goal)
            if not isinstance(legs, int):
                return _route(legs, start, goal.unique_index)
            before = doors[legs - 1].unique_index if legs else ""
            barred.add((before, doors[legs].unique_index if legs < len(doors) else ""))
            if legs == len(doors) == 0:
                break
        return GameRoute(
            reason=f"no path leads from {start.cell!r} to {_words(to)!r}: water, walls or slopes are between"
        )

    def _legs(self, space: str, at: Point, doors: list[Door], goal: Goal) -> list[Waypoint] | int:
        """The way points through these doors, or the number of the first leg that has no path."""
        points: list[Waypoint] = []
        for number, door in enumerate(doors):
            leg = self._walk(space, at, door.at)
            if leg is None:
                return number
            points += self._waypoints(space, at, leg, door)
            space, at = door.to_space, door.arrival
            points.append(Waypoint(cell=self._cell(space, at), x=at[0], y=at[1], z=at[2], distance=0.0))
        leg = [] if goal.at is None else self._walk(space, at, goal.at)
        if leg is None:
            return len(doors)
        return points + self._waypoints(space, at, leg, None)

    def _waypoints(self, space: str, start: Point, leg: list[Point], door: Door | None) -> list[Waypoint]:
        waypoints = []
        for at in leg:
            length = math.dist(start, at)
            waypoints.append(Waypoint(cell=self._cell(space, at), x=at[0], y=at[1], z=at[2], distance=length))
            start = at
        if door is not None and waypoints:
            waypoints[-1] = waypoints[-1].model_copy(update={"door": door.unique_index})
        return waypoints

    def _walk(self, space: str, start: Point, end: Point) -> list[Point] | None:
        """The points of a path within a space, the last of which is its end."""
        graph = self.outside if space == OUTSIDE else self._room(space)
        starts = {number: math.dist(start, graph.points[number]) for number in graph.near(start, NEAREST)}
        goals = {number: math.dist(end, graph.points[number]) for number in graph.near(end, NEAREST)}
        path = find_path(graph, starts, goals, end) if starts and goals else None
        direct = math.dist(start, end)
        if direct <= STRAIGHT and (path is None or direct * 2 < path.length) and self._is_open(space, start, end):
            return [end]
        return None if path is None else [*(graph.points[number] for number in path.numbers), end]

    def _is_open(self, space: str, start: Point, end: Point) -> bool:
        """Whether a straight way is likely free: on known ground outside, or in a room without a path grid."""
        if space == OUTSIDE:
            return not self.outside.near(start, 1) and self.terrain.can_walk(*start[:2], *end[:2])
        return not self._room(space).points

    def _chain(self, space: str, at: Point, goal: Goal, barred: set[tuple[str, str]]) -> list[Door] | None:
        """The doors to go through, by the straight distances between them."""
        leaving, tie = self._all_doors(), 0
        queue: list[tuple[float, int, str, Point, tuple[Door, ...]]] = [(0.0, 0, space, at, ())]
        used = set[str]()
        best, chosen = math.inf, None
        while queue:
            cost, _, here, point, doors = heapq.heappop(queue)
            if cost >= best:
                break
            last = doors[-1].unique_index if doors else ""
            if last and (last + doors[-1].cell) in used:
                continue
            used.add(last + (doors[-1].cell if doors else ""))
            if here == goal.space and (last, "") not in barred:
                whole = cost + (0.0 if goal.at is None else math.dist(point, goal.at))
                if whole < best:
                    best, chosen = whole, list(doors)
            for door in leaving.get(here, ()):
                if (last, door.unique_index) not in barred and door.unique_index + door.cell not in used:
                    tie += 1
                    further = cost + math.dist(point, door.at) + DOOR_COST
                    heapq.heappush(queue, (further, tie, door.to_space, door.arrival, (*doors, door)))
        return chosen

    def _goal(self, to: Place | str) -> Goal | None:
        if isinstance(to, Place):
            return Goal(_space(to.cell), (to.x, to.y, to.z))
        return self._cell_goal(to.lower()) or self._person_goal(to)

    def _cell_goal(self, key: str) -> Goal | None:
        rows = self._library.rows(
            "SELECT key, interior, x, y FROM cell WHERE key = ?1 OR (NOT interior AND lower(name) = ?1)"
            " ORDER BY interior DESC, (SELECT count(*) FROM reference r WHERE r.cell = cell.number) DESC LIMIT 1",
            key,
        )
        if not rows:
            return None
        cell, interior, x, y = rows[0]
        if interior:
            return Goal(cell, None)
        middle = (x + 0.5) * CELL_SIZE, (y + 0.5) * CELL_SIZE
        return Goal(OUTSIDE, (*middle, self.terrain.height(*middle) or 0.0))

    def _person_goal(self, name: str) -> Goal | None:
        described = self._library.describe(name)
        if described is None or not described.places:
            matches = self._library.look_up(name, 5).matches
            exact = [match for match in matches if match.name and match.name.lower() == name.lower()]
            described = next(
                (known for match in exact if (known := self._library.describe(match.id)) and known.places), None
            )
        if described is None:
            return None
        place = next((each for each in described.places if each.unique_index == name), described.places[0])
        return Goal(_space(place.cell), (place.x, place.y, place.z), place.unique_index)

    def _all_doors(self) -> dict[str, list[Door]]:
        if self._doors is None:
            self._doors = defaultdict(list)
            for row in self._library.rows(
                "SELECT r.number, c.key, c.interior, r.x, r.y, r.z, r.to_cell, r.to_x, r.to_y, r.to_z, t.interior"
                " FROM reference r JOIN cell c ON c.number = r.cell JOIN cell t ON t.key = r.to_cell"
                " WHERE r.to_x IS NOT NULL AND r.x IS NOT NULL AND r.y IS NOT NULL AND r.z IS NOT NULL"
                " AND r.to_y IS NOT NULL AND r.to_z IS NOT NULL"
            ):
                number, cell, interior, x, y, z, to_cell, to_x, to_y, to_z, to_interior = row
                space, to_space = (cell if interior else OUTSIDE), (to_cell if to_interior else OUTSIDE)
                door = Door(f"{number}-0", space, cell, (x, y, z), to_space, to_cell, (to_x, to_y, to_z))
                self._doors[space].append(door)
        return self._doors

    def _room(self, cell: str) -> Graph:
        if cell not in self._rooms:
            self._rooms[cell] = Graph()
            rows = self._library.rows("SELECT nodes, edges FROM path_grid WHERE cell = ?", cell)
            if rows:
                self._rooms[cell].add((0, 0), decode_grid(*rows[0]))
        return self._rooms[cell]

    def _outside_grid(self, x: int, y: int) -> Grid | None:
        rows = self._library.rows("SELECT nodes, edges FROM path_grid WHERE x = ? AND y = ? AND cell = ''", x, y)
        if not rows:
            return None
        nodes, edges = rows[0]
        grid = decode_grid(nodes, edges, x * CELL_SIZE, y * CELL_SIZE)
        return grid if grid[0] else None

    def _heights(self, x: int, y: int) -> bytes | None:
        rows = self._library.rows("SELECT heights FROM land WHERE x = ? AND y = ?", x, y)
        return rows[0][0] if rows else None

    def _cell(self, space: str, at: Point) -> str:
        return self._library.cell_name(space) if space else exterior_key_at(at[0], at[1]) or ""


def _space(cell: str) -> str:
    parts = cell.split(", ")
    is_exterior = len(parts) == 2 and all(part.removeprefix("-").isdigit() for part in parts)
    return OUTSIDE if is_exterior else cell.lower()


def _words(to: Place | str) -> str:
    return to if isinstance(to, str) else f"{to.x:.0f}, {to.y:.0f} in {to.cell}"


def _route(points: list[Waypoint], start: Place, unique_index: str | None) -> GameRoute:
    if not points:
        points = [Waypoint(cell=start.cell, x=start.x, y=start.y, z=start.z, distance=0.0)]
    distance = sum(point.distance for point in points)
    return GameRoute(waypoints=tuple(points), distance=distance, unique_index=unique_index)
