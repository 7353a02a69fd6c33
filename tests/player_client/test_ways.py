"""Ways that players were seen to walk."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.player_client.logins import Host
from timmy_actors.player_client import Body, Packet, SeenWays
from timmy_actors.player_client.cells import Cell
from timmy_actors.player_client.movement import Point
from timmy_actors.player_client.way_acts import WAY_ACTS
from timmy_actors.player_client.ways import AWRY, JOIN, LONGEST_STEP, MAX_SPOTS, MAX_WALKERS

OUTSIDE, INN = Cell("", -2, -9), Cell("Balmora, South Wall Cornerclub")


def walk(ways: SeenWays, *corners: Point, guid: int = 7, cell: Cell = OUTSIDE, step: float = 40.0) -> list[Point]:
    """Have a player seen on its way along corners; returns where."""
    seen = [corners[0]]
    for start, end in pairwise(corners):
        count = max(1, round(math.dist(start, end) / step))
        seen += [_between(start, end, number / count) for number in range(1, count + 1)]
    for point in seen:
        ways.saw(guid, cell, point)
    return seen


def _between(start: Point, end: Point, part: float) -> Point:
    x, y, z = (a + (b - a) * part for a, b in zip(start, end, strict=True))
    return x, y, z


def off_the_way(points: list[Point], seen: list[Point]) -> float:
    """How far the worst point of a way's legs is from where somebody was seen."""
    on_legs = [_between(a, b, part / 10) for a, b in pairwise(points) for part in range(11)]
    return max(min(math.dist(point, walked) for walked in seen) for point in on_legs)


def test_a_way_around_a_wall_is_found_as_it_was_walked_in_both_directions() -> None:
    ways = SeenWays()
    seen = walk(ways, (0, 0, 10), (0, 3000, 10), (2000, 3000, 10), (2000, 0, 10))
    for start, end in (((0, 0, 10), (2000, 0, 10)), ((2000, 100, 10), (100, 0, 10))):
        found = ways.find(OUTSIDE, start, end)
        assert found is not None
        assert found[-1] == end
        assert max(point[1] for point in found) > 2900, "over the corners, not through the wall"
        assert len(found) < 30, "straight legs are not cut into pieces"
        assert max(math.dist(a, b) for a, b in pairwise(found)) <= LONGEST_STEP + 300
        assert off_the_way(found[:-1], seen) < 140


def test_what_nobody_walked_is_no_way() -> None:
    ways = SeenWays()
    walk(ways, (0, 0, 0), (1000, 0, 0))
    walk(ways, (5000, 0, 0), (6000, 0, 0))  # a teleport between
    assert ways.find(OUTSIDE, (0, 0, 0), (6000, 0, 0)) is None
    assert ways.find(OUTSIDE, (0, 4000, 0), (1000, 0, 0)) is None, "nobody was seen where it begins"
    assert ways.find(OUTSIDE, (0, 0, 0), (1000, 4000, 0)) is None, "nobody was seen where it ends"
    assert ways.find(OUTSIDE, (0, 0, 0), (1000, 0, 900)) is None, "that is another storey"
    assert ways.find(INN, (0, 0, 0), (1000, 0, 0)) is None, "the same coordinates inside are another place"


def test_two_players_ways_join_where_they_meet_and_the_shorter_one_is_taken() -> None:
    ways = SeenWays()
    walk(ways, (0, 0, 0), (2000, 0, 0), guid=1)
    walk(ways, (2000, 0, 0), (2000, 2000, 0), guid=2)
    long_way = ways.find(OUTSIDE, (0, 0, 0), (2000, 2000, 0))
    assert long_way is not None
    walk(ways, (0, 0, 0), (2000, 2000, 0), guid=3)
    short = ways.find(OUTSIDE, (0, 0, 0), (2000, 2000, 0))
    assert short is not None
    assert [round(length(each)) for each in (long_way, short)] == pytest.approx([4000 - 300, 2828], abs=400)


def length(points: list[Point]) -> float:
    return sum(math.dist(a, b) for a, b in pairwise([(0.0, 0.0, 0.0), *points]))


def test_a_fall_leads_down_only() -> None:
    ways = SeenWays()
    walk(ways, (0, 0, 900), (960, 0, 900))
    walk(ways, (960, 0, 900), (1000, 0, 0), (2000, 0, 0), step=300)
    assert ways.find(OUTSIDE, (0, 0, 900), (2000, 0, 0)) is not None
    assert ways.find(OUTSIDE, (2000, 0, 0), (0, 0, 900)) is None


def test_a_room_has_its_own_ways_and_a_door_is_no_step() -> None:
    ways = SeenWays()
    walk(ways, (0, 0, 0), (500, 0, 0))
    walk(ways, (500, 0, 0), (900, 0, 0), cell=INN)
    assert ways.find(INN, (500, 0, 0), (900, 0, 0)) is not None
    assert ways.find(OUTSIDE, (0, 0, 0), (900, 0, 0)) is None


def test_what_is_remembered_is_bounded_and_the_oldest_is_forgotten() -> None:
    ways = SeenWays()
    walk(ways, (0, 0, 0), (1000, 0, 0))
    for number in range(MAX_SPOTS):
        ways.saw(number, OUTSIDE, (number * 100.0, 50_000.0, 0.0))
    assert len(ways) == MAX_SPOTS
    assert len(ways._walkers) == MAX_WALKERS
    assert ways.find(OUTSIDE, (0, 0, 0), (1000, 0, 0)) is None
    walk(ways, (0, 0, 0), (1000, 0, 0))
    assert ways.find(OUTSIDE, (0, 0, 0), (1000, 0, 0)) is not None


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e30])
def test_a_position_that_is_none_is_ignored(value: float) -> None:
    ways = SeenWays()
    for axis in range(3):
        ways.saw(7, OUTSIDE, tuple(value if number == axis else 0.0 for number in range(3)))  # type: ignore[arg-type]
    assert len(ways) == 0


coordinate = st.floats(-600, 600)


@given(
    st.lists(st.tuples(st.integers(1, 3), st.tuples(coordinate, coordinate, coordinate)), min_size=2, max_size=40),
    st.tuples(coordinate, coordinate, coordinate),
)
def test_every_way_ends_at_its_goal_and_stays_near_what_was_seen(steps: list[tuple[int, Point]], end: Point) -> None:
    ways = SeenWays()
    for guid, point in steps:
        ways.saw(guid, OUTSIDE, point)
    found = ways.find(OUTSIDE, steps[0][1], end)
    if found is not None:
        assert found[-1] == end
        assert set(found[:-1]) <= {point for _, point in steps}
        assert math.dist(end, found[-2] if len(found) > 1 else steps[0][1]) <= JOIN * 96 + AWRY


def test_a_body_learns_from_others_that_walk_not_from_itself_nor_from_those_that_fly() -> None:
    host = Host()
    session = host.join().session
    host.run(3.0)
    assert host.entered() is not None
    body = Body(session, WAY_ACTS, ways=SeenWays())
    x, y, z = body.placement()[:3]
    cell = session.view.me.cell
    assert cell is not None

    def seen(guid: int, dx: float) -> None:
        packet = Packet("PLAYER_POSITION", guid, {"position": (x + dx, y, z, 0.0, 0.0, 0.0), "direction": (0.0,) * 6})
        session.view.apply(packet)
        body.receive(packet)

    def way_to(dx: float) -> object:
        answers: list[object] = []
        body.act("find_way", {"to": [x + dx, y, z]}, 0.0, answers.append)
        return getattr(answers[0], "code", answers[0])

    flags = {"movement_flags": 0, "draw_state": 0, "jumping": False, "flying": True, "no_clip": False}
    for guid in (7, 8):
        session.view.apply(
            Packet("PLAYER_CELL_CHANGE", guid, {**cell.fields(), "previous": (0.0,) * 3, "changing_region": False})
        )
    session.view.apply(Packet("PLAYER_ANIM_FLAGS", 8, flags))
    for dx in range(0, 1000, 50):
        seen(8, dx)
    assert way_to(950) == "no_such_target"
    for dx in range(0, 1000, 50):
        seen(7, dx)
    found = way_to(950)
    assert isinstance(found, dict)
    assert found["waypoints"][-1] == {"cell": cell.description, "x": x + 950, "y": y, "z": z}
    session.view.apply(left := Packet("USER_DISCONNECTED", 7, None))
    body.receive(left)
    assert way_to(950) == found, "who leaves leaves its ways"
