"""Ways lead over path grids, terrain and doors, and are the shortest."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gamedata.plugins import Index
from timmy_actors.gamedata import Library, Navigator
from timmy_actors.gamedata.graph import EAGERNESS, Graph, Outside, decode_grid, find_path
from timmy_actors.gamedata.terrain import Terrain
from timmy_actors.protocol import GameRoute, Place
from tools.plugin_writer import encode, encode_cell, encode_land, encode_path_grid, plugin

OFFICE = Place(cell="Seyda Neen, Census and Excise Office", x=1130, y=-387, z=193)
STREET = Place(cell="-2, -9", x=-11264, y=-70912, z=220)
CELL = 8192


@pytest.fixture(scope="module")
def navigator(land_index: Path) -> Iterator[Navigator]:
    library = Library(land_index)
    yield Navigator(library)
    library.close()


def doors(route: GameRoute) -> list[str]:
    return [point.door for point in route.waypoints if point.door]


def test_a_person_is_reached_over_doors(navigator: Navigator) -> None:
    route = navigator.route(OFFICE, "Arrille")
    assert route.reason is None
    assert doors(route) == ["107002-0", "107003-0"]
    assert route.waypoints[-1].cell == "Seyda Neen, Arrille's Tradehouse"
    assert (route.waypoints[-1].x, route.waypoints[-1].y) == (172, -128)
    assert route.distance == pytest.approx(sum(point.distance for point in route.waypoints))


def test_a_way_leads_from_one_town_to_the_other(navigator: Navigator) -> None:
    route = navigator.route(STREET, "Dulnea Ralaal")
    assert doors(route) == ["107011-0"]
    cells = {point.cell for point in route.waypoints}
    assert {"-2, -9", "-3, -2", "Balmora, Eight Plates"} <= cells
    straight = math.dist((STREET.x, STREET.y), (-23700, -14100))
    assert straight < route.distance < 1.3 * straight


@pytest.mark.parametrize(
    ("to", "cell"),
    [
        ("Balmora, Eight Plates", "Balmora, Eight Plates"),
        ("balmora", "-3, -2"),
        ("-2, -8", "-2, -8"),
        ("102001-0", "-2, -9"),
        ("fargoth", "-2, -9"),
    ],
)
def test_a_goal_is_a_place_a_person_or_a_unique_index(navigator: Navigator, to: str, cell: str) -> None:
    route = navigator.route(STREET, to)
    assert route.reason is None
    assert route.waypoints[-1].cell == cell


def test_what_is_unknown_has_no_way(navigator: Navigator) -> None:
    assert navigator.route(STREET, "nobody").reason == (
        "no place, person or thing 'nobody' is in the game's files: look it up by its name"
    )


def test_an_island_of_paths_has_no_way(navigator: Navigator) -> None:
    reason = navigator.route(STREET, Place(cell="40, 40", x=40.5 * CELL, y=40.5 * CELL)).reason
    assert reason is not None
    assert reason.startswith("no path leads from '-2, -9' to ")


def test_who_is_there_already_stays(navigator: Navigator) -> None:
    route = navigator.route(OFFICE, OFFICE.cell)
    assert (len(route.waypoints), route.distance) == (1, 0)


def test_doors_in_a_circle_end(tmp_path: Path) -> None:
    def door(number: int, to: str) -> dict[str, object]:
        here = dict.fromkeys(
            ("x", "y", "z", "pitch", "roll", "yaw", "to_x", "to_y", "to_z", "to_pitch", "to_roll", "to_yaw"), 0.0
        )
        return {"number": number, "id": "door", **here, "to_cell": to}

    rooms = [
        encode_cell({"name": name, "flags": 1, "x": 0, "y": 0}, [door(at, to)])
        for at, (name, to) in enumerate((("A", "B"), ("B", "A"), ("C", "C")))
    ]
    index = Index(tmp_path, ("a.esm", plugin([encode(b"DOOR", {"id": "door"}), *rooms])))
    library = Library(index.path)
    start = Place(cell="A", x=0, y=0)
    assert Navigator(library).route(start, "C").reason == "no way on foot leads through doors from 'A' to 'C'"
    assert doors(Navigator(library).route(start, "B")) == ["0-0"]
    library.close()


def test_a_wall_of_rock_is_walked_around(tmp_path: Path) -> None:
    """A ridge across a cell, steeper than 49 degrees, with a gap at its north end."""
    heights = [1000.0 if column in (32, 33) and row < 50 else 0.0 for row in range(65) for column in range(65)]
    index = Index(tmp_path, ("a.esm", plugin([encode_land(0, 0, heights)])))
    library = Library(index.path)
    start, end = Place(cell="0, 0", x=1500, y=1500), Place(cell="0, 0", x=6500, y=1500)
    route = Navigator(library).route(start, end)
    library.close()
    assert route.reason is None
    assert max(point.y for point in route.waypoints) > 50 * 128
    assert route.distance > 10_000


def test_terrain_is_read_as_it_was_written() -> None:
    heights = [1000.0 + 8 * (row % 9) - 16 * (column % 5) for row in range(65) for column in range(65)]
    data = encode_land(0, 0, heights)
    terrain = Terrain(lambda x, y: data[-4232:] if (x, y) == (0, 0) else None)
    for row, column in ((0, 0), (64, 3), (17, 63), (40, 40)):
        expected = heights[row * 65 + column]
        assert terrain.height(min(column * 128, CELL - 1e-6), min(row * 128, CELL - 1e-6)) == pytest.approx(
            expected, abs=0.1
        )
    assert terrain.height(64, 0) == pytest.approx((heights[0] + heights[1]) / 2)
    assert terrain.height(-1, 0) is None


def test_a_grid_with_edges_to_nothing_is_used_without_them() -> None:
    data = encode_path_grid(0, 0, "A", [(0, 0, 0), (10, 0, 0)], [(0, 1), (1, 0)])
    nodes = data.partition(b"PGRP")[2][4:36]
    points, edges = decode_grid(nodes, b"\x01\0\0\0\x07\0\0\0\x01")
    assert points == [(0, 0, 0), (10, 0, 0)]
    assert edges == [(0, 1)]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_the_path_is_hardly_longer_than_the_shortest(seed: int) -> None:
    choose = random.Random(seed)
    count = choose.randint(2, 12)
    points = [(choose.uniform(0, 99), choose.uniform(0, 99), choose.uniform(0, 99)) for _ in range(count)]
    edges = [(choose.randrange(count), choose.randrange(count)) for _ in range(2 * count)]
    graph = Graph()
    graph.add((0, 0), (points, edges))
    path = find_path(graph, {0: 1.0}, {count - 1: 2.0}, points[-1])
    shortest = {0: 1.0}
    for _ in range(count):  # Bellman and Ford
        for start, end in edges:
            if start in shortest:
                length = shortest[start] + math.dist(points[start], points[end])
                shortest[end] = min(shortest.get(end, math.inf), length)
    if path is None:
        assert count - 1 not in shortest
    else:
        assert shortest[count - 1] + 2.0 <= path.length * (1 + 1e-9)
        assert path.length <= EAGERNESS * (shortest[count - 1] + 2.0)
        assert (path.numbers[0], path.numbers[-1]) == (0, count - 1)


def test_grids_of_neighbouring_cells_are_joined() -> None:
    spots = [(x * 1024.0 + 512, y * 1024.0 + 512, 0.0) for x in range(8) for y in range(8)]
    loaded = list[tuple[int, int]]()

    def load(x: int, y: int) -> tuple[list[tuple[float, float, float]], list[tuple[int, int]]] | None:
        loaded.append((x, y))
        points = [(x * CELL + east, y * CELL + north, up) for east, north, up in spots]
        pairs = [
            (one, other) for one in range(64) for other in range(64) if 0 < math.dist(spots[one], spots[other]) < 1100
        ]
        return (points, pairs) if 0 <= x < 4 and y == 0 else None

    graph = Outside(load, Terrain(lambda *_: None))
    start, end = (512.0, 512.0, 0.0), (3.5 * CELL, 512.0, 0.0)
    starts, goals = (dict.fromkeys(graph.near(at, 1), 0.0) for at in (start, end))
    path = find_path(graph, starts, goals, end)
    assert path is not None
    assert path.length == pytest.approx(3.5 * CELL - 1024)
    assert max(x for x, _ in loaded) < 6
