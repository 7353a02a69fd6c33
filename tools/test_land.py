"""Writes a small plugin that describes the simulator's world: `python -m tools.test_land FILE`.

The people, things, doors, places and walls are those of `lua/simulator/scene`; what a server does not know (names,
texts of quests and books, terrain, path grids) is added here. All texts are invented.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from timmy_actors.embedded import new_runtime
from tools import land_records as records
from tools.plugin_writer import SIDE, encode_cell, encode_land, encode_path_grid, plugin

LUA = Path(__file__).parents[1] / "lua"
CELL = 8192
SPACING = CELL // (SIDE - 1)
CORRIDOR = [(x, y) for x in range(-4, 0) for y in range(-11, 0)]
"""The exterior cells with both towns, Seyda Neen and Balmora, and the land between them."""
GRID_SPACING, ROOM_SPACING = 1024, 150
MARGIN = 45
"""How far the paths keep from a wall, in game units."""
NEIGHBOUR = 1.5
"""Points this many spacings from one another are joined."""
INTERIOR = 1
AUTHOR = "timmy-actors"
HEIGHTS = """
return function(height, cell, west, south, spacing, side)
  local heights = {}
  for row = 0, side - 1 do
    for column = 0, side - 1 do
      heights[#heights + 1] = height(cell, west + column * spacing, south + row * spacing, 0)
    end
  end
  return heights
end
"""

Point = tuple[float, float, float]
Box = tuple[float, float, float, float]


@dataclass
class Scene:
    """The simulator's world, as the Lua modules describe it."""

    doors: list[dict[str, Any]]
    people: dict[str, dict[str, Any]]
    actors: list[dict[str, Any]]
    containers: list[dict[str, Any]]
    gates: list[dict[str, Any]]
    items: dict[str, dict[str, Any]]
    spells: dict[str, dict[str, Any]]
    markers: dict[str, list[float]]
    height: Any
    heights: Any
    walls: Any
    region: Any


def load_scene() -> Scene:
    """Read the simulator's modules.

    Raises:
        LuaJitMissingError: lupa is not installed.
    """
    lua = new_runtime()
    lua.globals().package.path = f"{LUA}/?.lua"
    places, people, terrain, population, catalogue, world_map = (
        lua.globals().require(f"simulator.{name}")
        for name in (
            "scene.places",
            "scene.people",
            "scene.terrain",
            "world.population",
            "scene.catalogue",
            "world.map",
        )
    )
    return Scene(
        doors=_plain(places.doors), people=_plain(people.PEOPLE), actors=_plain(population.ACTORS),
        containers=_plain(population.CONTAINERS), gates=_plain(population.GATES), items=_plain(catalogue.ITEMS),
        spells=_plain(catalogue.SPELLS), markers=_plain(places.markers), height=terrain.height,
        heights=lua.execute(HEIGHTS), walls=terrain.walls, region=world_map.region,
    )  # fmt: skip


def _plain(value: Any) -> Any:
    """Lua's tables as lists and dictionaries."""
    if not hasattr(value, "items"):
        return value
    pairs = list(value.items())
    if all(isinstance(key, int) for key, _ in pairs):
        return [_plain(item) for _, item in sorted(pairs)]
    return {key: _plain(item) for key, item in pairs}


def cell_at(x: float, y: float) -> tuple[int, int]:
    """The exterior cell at a position."""
    return math.floor(x / CELL), math.floor(y / CELL)


def exterior(cell: str) -> tuple[int, int] | None:
    """The numbers of an exterior cell; None: it is an interior."""
    parts = cell.split(", ")
    numbers = [part.removeprefix("-").isdigit() for part in parts]
    return (int(parts[0]), int(parts[1])) if numbers == [True, True] else None


def write(scene: Scene, *, first: Sequence[bytes] = ()) -> bytes:
    """The plugin; `first` are records before those of the land."""
    cells = sorted({*CORRIDOR, *(grid for door in scene.doors if (grid := exterior(door["cell"])))})
    written = [
        *first, *records.of_rules(), *records.of_things(scene), *records.of_people(scene), *records.of_quests(),
        *(_cell(scene, f"{x}, {y}") for x, y in cells), *(_cell(scene, name) for name in sorted(scene.markers)),
        *(encode_land(x, y, _heights(scene, x, y)) for x, y in cells), *_path_grids(scene, cells),
        *records.of_dialogue(scene),
    ]  # fmt: skip
    return plugin(written, author=AUTHOR, is_master=True)


def _cell(scene: Scene, cell: str) -> bytes:
    grid = exterior(cell)
    name = records.TOWN_CELLS.get(cell, "") if grid else cell
    values: dict[str, Any] = {"name": name, "flags": 0 if grid else INTERIOR}
    values |= {"x": grid[0], "y": grid[1], "region": scene.region(cell)} if grid else {"x": 0, "y": 0, "water": 0.0}
    return encode_cell(values, list(_references(scene, cell)))


def _references(scene: Scene, cell: str) -> Iterator[dict[str, Any]]:
    for door in scene.doors:
        if door["cell"] == cell:
            yield _placed(scene, cell, door) | _destination(scene, door)
    for thing in (*scene.containers, *scene.gates):
        if thing["cell"] == cell:
            yield _placed(scene, cell, thing) | records.OWNERS.get(thing["refNum"], {})
    for actor in scene.actors:
        x, y, z, *yaw = actor["way"][0]
        if actor.get("cell", "{}, {}".format(*cell_at(x, y))) == cell:
            yield _placed(scene, cell, {**actor, "x": x, "y": y, "z": z}, yaw=yaw[0] if yaw else 0.0)


def _destination(scene: Scene, door: dict[str, Any]) -> dict[str, Any]:
    to, cell = door["to"], door["leads_to"]
    angles = {"to_pitch": 0.0, "to_roll": 0.0, "to_yaw": to["yaw"]}
    position = {"to_x": to["x"], "to_y": to["y"], "to_z": _height(scene, cell, to)}
    return position | angles | ({} if exterior(cell) else {"to_cell": cell})


def _placed(scene: Scene, cell: str, thing: dict[str, Any], *, yaw: float = 0.0) -> dict[str, Any]:
    position = {"x": float(thing["x"]), "y": float(thing["y"]), "z": float(_height(scene, cell, thing))}
    return {"number": thing["refNum"], "id": thing["refId"], **position, "pitch": 0.0, "roll": 0.0, "yaw": yaw}


def _height(scene: Scene, cell: str, thing: dict[str, Any]) -> float:
    z = thing.get("z")
    return float(scene.height(cell, thing["x"], thing["y"], 0.0) if z is None else z)


def _heights(scene: Scene, x: int, y: int) -> list[float]:
    heights = scene.heights(scene.height, f"{x}, {y}", x * CELL, y * CELL, SPACING, SIDE)
    return list(heights.values())


def _path_grids(scene: Scene, cells: list[tuple[int, int]]) -> Iterator[bytes]:
    for x, y in cells:
        cell = f"{x}, {y}"
        points = [*_outside(scene, cell, x, y), *_in_front(scene, cell)]
        yield _path_grid(scene, cell, points, GRID_SPACING)
    for cell in sorted(scene.markers):
        yield _path_grid(scene, cell, list(_inside(scene, cell)), ROOM_SPACING)


def _path_grid(scene: Scene, cell: str, points: list[Point], spacing: float) -> bytes:
    outside = exterior(cell)
    grid = outside or (0, 0)
    name = records.TOWN_CELLS.get(cell, scene.region(cell)) if outside else cell
    west, south = grid[0] * CELL, grid[1] * CELL
    reach, boxes = spacing * NEIGHBOUR, _boxes(scene, cell, *points[0][:2])
    edges = [
        (one, other)
        for one, start in enumerate(points)
        for other, end in enumerate(points)
        if one != other and math.dist(start[:2], end[:2]) <= reach and _is_free(boxes, start, end)
    ]
    local = [(round(x - west), round(y - south), round(z)) for x, y, z in points]
    return encode_path_grid(*grid, name, local, edges)


def _outside(scene: Scene, cell: str, x: int, y: int) -> Iterator[Point]:
    half = GRID_SPACING // 2
    for dx in range(half, CELL, GRID_SPACING):
        for dy in range(half, CELL, GRID_SPACING):
            point = x * CELL + dx, y * CELL + dy
            if not _in_wall(scene, cell, *point):
                yield (*point, scene.height(cell, *point, 0.0))


def _in_front(scene: Scene, cell: str) -> Iterator[Point]:
    """The points where one arrives in front of the doors of a cell."""
    for door in scene.doors:
        if door["leads_to"] == cell:
            to = door["to"]
            yield to["x"], to["y"], _height(scene, cell, to)


def _inside(scene: Scene, cell: str) -> Iterator[Point]:
    """Points in a room, from its arrival position on."""
    x, y, z = scene.markers[cell]
    for dx in range(0, 5 * ROOM_SPACING + 1, ROOM_SPACING):
        for dy in range(-2 * ROOM_SPACING - 75, 3 * ROOM_SPACING, ROOM_SPACING):
            if not _in_wall(scene, cell, x + dx, y + dy):
                yield x + dx, y + dy, z
    yield x, y, z


def _in_wall(scene: Scene, cell: str, x: float, y: float) -> bool:
    return any(_is_in(box, x, y) for box in _boxes(scene, cell, x, y))


def _boxes(scene: Scene, cell: str, x: float, y: float) -> list[Box]:
    walls = (tuple(box.values()) for box in scene.walls(cell, x, y).values())
    return [(west, south, east, north) for west, south, east, north in walls]


def _is_in(box: Box, x: float, y: float) -> bool:
    west, south, east, north = box
    return west - MARGIN < x < east + MARGIN and south - MARGIN < y < north + MARGIN


def _is_free(boxes: list[Box], start: Point, end: Point) -> bool:
    """Whether one can walk straight from one point to the other."""
    if not boxes:
        return True
    (x, y), (to_x, to_y) = start[:2], end[:2]
    steps = math.ceil(math.dist((x, y), (to_x, to_y)) / MARGIN)
    shares = [step / steps for step in range(steps + 1)]
    return not any(_is_in(box, x + (to_x - x) * share, y + (to_y - y) * share) for share in shares for box in boxes)


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(write(load_scene()))
