from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from timmy_actors.worlds import Point
from timmy_actors.worlds.navigation import LEG, Arrived, Leg, Route, Stuck

Box = tuple[float, float, float, float]
SPEED, STRIDE = 250.0, 10.0
MOST_LEGS = 100


def is_in(box: Box, x: float, y: float) -> bool:
    return box[0] < x < box[2] and box[1] < y < box[3]


def walked(x: float, y: float, leg: Point, walls: Sequence[Box]) -> tuple[float, float]:
    """Where a leg ends that stops at walls."""
    while (rest := math.hypot(leg.x - x, leg.y - y)) > 1:
        part = min(1.0, STRIDE / rest)
        to = x + (leg.x - x) * part, y + (leg.y - y) * part
        if any(is_in(wall, *to) for wall in walls):
            break
        x, y = to
    return x, y


def travelled(goal: Point, walls: Sequence[Box], within: float = 100.0) -> tuple[Arrived | Stuck, float, float]:
    """Follow a route from the origin to its end; the end, and where it is."""
    route, x, y, now = Route(within), 0.0, 0.0, 0.0
    for _ in range(MOST_LEGS):
        step = route.next(x, y, goal, now)
        if not isinstance(step, Leg):
            return step, x, y
        x, y = walked(x, y, step.to, walls)
        now += LEG / SPEED
    raise AssertionError("the route does not end")


def test_the_way_is_straight_where_nothing_is_in_it() -> None:
    end, x, y = travelled(Point(3000, 0), [])
    assert isinstance(end, Arrived)
    assert abs(y) < 1
    assert 2900 <= x <= 3000


@pytest.mark.parametrize(
    "wall",
    [(500, -200, 600, 200), (500, -800, 600, 100), (500, -100, 600, 800), (300, -500, 1500, 500)],
    ids=["small", "long to the right", "long to the left", "a house"],
)
def test_a_wall_is_walked_around_on_whichever_side_it_ends(wall: Box) -> None:
    end, x, y = travelled(Point(2500, 0), [wall])
    assert isinstance(end, Arrived), end
    assert math.hypot(2500 - x, y) <= 100


def test_a_closed_room_is_left_by_nobody_and_ends_the_route_with_a_reason() -> None:
    room = [(-600.0, -600.0, 600.0, -500.0), (-600, 500, 600, 600), (-600, -600, -500, 600), (500, -600, 600, 600)]
    end, x, _ = travelled(Point(2500, 0), room)
    assert isinstance(end, Stuck)
    assert "walls are in the way" in end.reason
    assert x < 600


def test_a_route_without_progress_ends_after_its_time() -> None:
    route = Route(100, stuck_s=10)
    assert isinstance(route.next(0, 0, Point(2000, 0), now=100), Leg)
    for side in (300.0, -300.0, 300.0):
        assert isinstance(route.next(0, side, Point(2000, 0), now=105), Leg)
    end = route.next(0, 0, Point(2000, 0), now=111)
    assert isinstance(end, Stuck)
    assert "within 10 s" in end.reason


def test_a_goal_that_is_near_enough_is_reached_at_once() -> None:
    assert isinstance(Route(100).next(0, 0, Point(60, 60), now=0), Arrived)
