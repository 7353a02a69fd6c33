"""Interleaved rounds of a subject and its yardstick, and a line that says the median ratio and its spread.

This machine is shared and noisy, and two identical actors differ by up to 7 x in one round: single figures mean little,
the median ratio over many interleaved rounds holds.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from benchmarks.report import Row

T = TypeVar("T")

ROUNDS = 21


@dataclass(frozen=True)
class Figure:
    """What one comparison gave."""

    name: str
    subject: list[float]
    yardstick: list[float]
    hold: str = ""
    """What the ratio must be; empty if it has no goal."""
    held: Callable[[float], bool] = lambda _ratio: True
    unit: str = "us"
    yardstick_name: str = ""
    """Who it is compared with, where the name of the figure does not say."""

    def line(self) -> str:
        """One line of the terminal's report."""
        middle, low, high = self._spread()
        against = f"against {self.yardstick_name}".strip()
        line = (
            f"{self.name:<52} {_show(self.subject)} {self.unit:<3} {against:<22} {_show(self.yardstick)} {self.unit:<3}"
            f"  ratio {middle:6.2f} ({low:.2f} to {high:.2f})"
        )
        return f"{line}  hold {self.hold:<14} {'holds' if self.held(middle) else 'MISSED'}" if self.hold else line

    def row(self) -> Row:
        """The same for the page."""
        middle, low, high = self._spread()
        return Row(
            name=self.name,
            value=f"{_show(self.subject).strip()} {self.unit}",
            yardstick=f"{_show(self.yardstick).strip()} {self.unit} {self.yardstick_name}".strip(),
            ratio=f"{middle:.2f} ({low:.2f} to {high:.2f})",
            goal=self.hold,
            middle=middle,
            holds=self.held(middle) if self.hold else None,
        )

    def _spread(self) -> tuple[float, float, float]:
        """The ratios' median, 10th and 90th percentile."""
        ratios = sorted(mine / theirs for mine, theirs in zip(self.subject, self.yardstick, strict=True))
        return statistics.median(ratios), ratios[len(ratios) // 10], ratios[-1 - len(ratios) // 10]


@dataclass(frozen=True)
class Reading:
    """A figure that is compared with nothing but a bound, if it has one."""

    name: str
    values: list[float]
    hold: str
    """What the value must be; empty if it has no goal."""
    held: Callable[[float], bool]
    unit: str

    def line(self) -> str:
        """One row of the report."""
        middle = statistics.median(self.values)
        spread = f"({_number(min(self.values))} to {_number(max(self.values))})"
        line = f"{self.name:<52} {_number(middle):>8} {self.unit:<3} {spread:<22}"
        return f"{line} hold {self.hold:<14} {'holds' if self.held(middle) else 'MISSED'}" if self.hold else line

    def row(self) -> Row:
        """The same for the page."""
        middle = statistics.median(self.values)
        spread = f"{_number(middle)} {self.unit} ({_number(min(self.values))} to {_number(max(self.values))})"
        return Row(self.name, spread, "", "", self.hold, middle, self.held(middle) if self.hold else None)


@dataclass(frozen=True)
class Note:
    """What was not measured, and why."""

    text: str

    def line(self) -> str:
        """One row of the report."""
        return self.text


def p50(action: Callable[[], object], times: int) -> float:
    """The median time of one call, in microseconds."""
    samples = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        samples.append((time.perf_counter() - began) * 1e6)
    return statistics.median(samples)


def interleave(
    subject: Callable[[], float], yardstick: Callable[[], float], rounds: int = ROUNDS
) -> tuple[list[float], list[float]]:
    """A figure of each, round after round."""
    mine, theirs = in_turn(subject, yardstick, rounds=rounds)
    return mine, theirs


def in_turn(*measures: Callable[[], T], rounds: int = ROUNDS) -> list[list[T]]:
    """The same for any number of them, and of figures that each gives."""
    return [
        list(figures) for figures in zip(*([measure() for measure in measures] for _ in range(rounds)), strict=True)
    ]


def _show(values: list[float]) -> str:
    return f"{statistics.median(values):8.1f}"


def _number(value: float) -> str:
    """Four digits or all before the point, never with an exponent."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
