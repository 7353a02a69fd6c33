"""Tests that a supervisor's step costs the same for any number of children; counts lines, because times vary."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from random import Random
from types import FrameType
from typing import Any

import pytest

from tests.supervision.stage import BUG, ONE_FOR_ALL, ONE_FOR_ONE, REST_FOR_ONE, spec
from timmy_actors.supervision import AutoShutdown, Directory, Entry, Intensity, RestartType, Strategy
from timmy_actors.supervision.effects import Effect, Launch
from timmy_actors.supervision.mailbox import STALE_ENTRIES, Deadlines
from timmy_actors.supervision.state_machine import SupervisorState

FEW, MANY = 100, 1_500
TOLERANCE = 1.5


def steps(action: Callable[[], object]) -> int:
    """The number of Python lines that an action executes, and of C functions that it calls."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(before)
    return count


def run(plan: SupervisorState, effects: list[Effect], now: float = 0.0) -> None:
    """Report every launched child as up."""
    todo = list(effects)
    for effect in todo:
        if isinstance(effect, Launch):
            todo += plan.started(effect.child, effect.generation, now)
        plan.due()


def full(count: int, strategy: Strategy = ONE_FOR_ONE) -> SupervisorState:
    plan = SupervisorState([spec(f"c{n}") for n in range(count)], strategy=strategy, intensity=Intensity(10**6, 1e9))
    run(plan, plan.begin(0.0))
    return plan


@pytest.mark.parametrize("strategy", list(Strategy))
def test_a_started_child_costs_the_same_beside_many(strategy: Strategy) -> None:
    def cost(count: int) -> float:
        plan = SupervisorState([spec(f"c{n}") for n in range(count)], strategy=strategy)
        return steps(lambda: run(plan, plan.begin(0.0))) / count

    assert cost(MANY) < TOLERANCE * cost(FEW)


def test_an_added_child_costs_the_same_beside_many() -> None:
    def cost(count: int) -> int:
        plan = full(count)
        return steps(lambda: run(plan, plan.add(spec("one more"), 0.0)))

    assert cost(MANY) < TOLERANCE * cost(FEW)


def test_a_crash_and_a_removal_cost_the_same_beside_many() -> None:
    def cost(count: int) -> tuple[int, int]:
        plan = full(count)
        crash = steps(lambda: run(plan, plan.ended("c0", 1, BUG, 1.0), 1.0))
        removal = steps(lambda: run(plan, plan.remove("c1", 1.0), 1.0))
        return crash, removal

    for many, few in zip(cost(MANY), cost(FEW), strict=True):
        assert many < TOLERANCE * few


@pytest.mark.parametrize("strategy", [ONE_FOR_ALL, REST_FOR_ONE])
def test_a_group_that_restarts_costs_each_member_the_same(strategy: Strategy) -> None:
    def cost(count: int) -> float:
        plan = full(count, strategy)

        def crash() -> None:
            todo = plan.ended("c0", 1, BUG, 1.0)
            for effect in todo:
                if type(effect).__name__ == "Stop":
                    todo += plan.ended(effect.child, 1, None, 1.0)  # type: ignore[union-attr]
                elif isinstance(effect, Launch):
                    todo += plan.started(effect.child, effect.generation, 1.0)

        return steps(crash) / count

    assert cost(800) < TOLERANCE * cost(FEW)


def test_significant_children_that_end_one_after_the_other_cost_the_same() -> None:
    def cost(count: int) -> float:
        children = [spec(f"c{n}", RestartType.TEMPORARY, significant=True) for n in range(count)]
        plan = SupervisorState(children, auto_shutdown=AutoShutdown.ALL_SIGNIFICANT)
        run(plan, plan.begin(0.0))
        return steps(lambda: [plan.ended(f"c{n}", 1, None, 1.0) for n in range(count - 1)]) / count

    assert cost(MANY) < TOLERANCE * cost(FEW)


def test_a_failure_in_a_long_window_costs_the_same() -> None:
    def cost(count: int) -> int:
        window = Intensity(10**9, 1e9).window()
        for n in range(count):
            window.add(float(n))
        return steps(lambda: window.add(float(count)))

    assert cost(MANY) == cost(FEW)


def test_a_written_name_costs_the_same_beside_many() -> None:
    def cost(count: int) -> int:
        directory = Directory()
        for n in range(count):
            directory.write(Entry(f"c{n}"))
        return steps(lambda: directory.write(Entry("c0", generation=1)))

    assert cost(MANY) == cost(FEW)
    directory = Directory()
    moment = directory.entries
    for n in range(100):
        directory.write(Entry(f"c{n}"))
    assert moment == {}
    assert directory.entries is directory.entries, "each read copies the entries"


def test_deadlines_are_ordered_and_cleared_ones_do_not_accumulate() -> None:
    deadlines = Deadlines()
    for name, due in (("b", 2.0), ("a", 1.0), ("c", math.inf), ("d", 2.0), ("a", 3.0)):
        deadlines.set(name, due)
    assert deadlines.earliest == 2.0
    assert list(deadlines.take(2.0)) == ["b", "d"]
    assert list(deadlines.take(10.0)) == ["a"]
    assert deadlines.earliest == math.inf
    for n in range(10_000):
        deadlines.set("again", float(n))
    assert len(deadlines._heap) <= 2 + STALE_ENTRIES + 1


def test_deadlines_stay_ordered_when_many_are_cleared() -> None:
    random, deadlines = Random(1), Deadlines()
    dues = {str(number): random.random() for number in range(500)}
    for name, due in dues.items():
        deadlines.set(name, due)
    kept = sorted(list(dues)[::4], key=dues.__getitem__)
    for name in set(dues) - set(kept):
        deadlines.clear(name)
    assert list(deadlines.take(1.0)) == kept
