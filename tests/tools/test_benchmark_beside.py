"""The comparison of two checkouts' figures, which `make bench BESIDE=...` prints."""

from __future__ import annotations

from typing import Any

from benchmarks.beside import compare


def figure(middle: float, *, value: str = "8.0 us", goal: str = "") -> dict[str, Any]:
    """A row of the page of figures."""
    return {"middle": middle, "value": value, "goal": goal}


def test_a_figure_is_worse_if_the_median_of_its_rounds_is_more_than_a_tenth_above_the_others() -> None:
    rounds = [({"ask": figure(mine)}, {"ask": figure(1.0)}) for mine in (1.0, 1.12, 3.0)]
    assert [comparison.worse for comparison in compare(rounds)] == [True]
    rounds = [({"ask": figure(mine)}, {"ask": figure(1.0)}) for mine in (0.9, 1.09, 3.0)]
    assert [comparison.worse for comparison in compare(rounds)] == [False]


def test_a_rate_is_worse_when_it_is_lower() -> None:
    by_goal = {"steps": figure(800, value="800 us", goal=">= 2,000 /s")}, {"steps": figure(1000, goal=">= 2,000 /s")}
    by_unit = {"steps": figure(800, value="800.0 /s")}, {"steps": figure(1000, value="1000.0 /s")}
    for rows in (by_goal, by_unit):
        (comparison,) = compare([rows])
        assert comparison.worse
        assert comparison.ratios == [1.25]


def test_only_figures_of_both_are_compared() -> None:
    mine = {"both": figure(1), "new": figure(1), "nothing measured": figure(0)}
    other = {"both": figure(1), "old": figure(1), "nothing measured": figure(1)}
    assert [comparison.name for comparison in compare([(mine, other)])] == ["both"]
