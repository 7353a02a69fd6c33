"""The mean, deviation and extremes of columns, as data sets for training keep them. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

LEVELS = 255.0


class Vectors:
    """Of vectors, for each dimension."""

    def __init__(self) -> None:
        self.count = 0
        self._means: list[float] = []
        self._squares: list[float] = []
        self._least: list[float] = []
        self._most: list[float] = []

    def add(self, vector: Sequence[float]) -> None:
        """Count a vector (Welford's method)."""
        if not self.count:
            self._means, self._squares = [0.0] * len(vector), [0.0] * len(vector)
            self._least, self._most = list(vector), list(vector)
        self.count += 1
        for number, value in enumerate(vector):
            difference = value - self._means[number]
            self._means[number] += difference / self.count
            self._squares[number] += difference * (value - self._means[number])
            self._least[number] = min(self._least[number], value)
            self._most[number] = max(self._most[number], value)

    def result(self) -> dict[str, list[Any]]:
        """By the names of LeRobot."""
        deviations = [math.sqrt(square / self.count) for square in self._squares] if self.count else []
        return {
            "min": self._least, "max": self._most, "mean": self._means, "std": deviations, "count": [self.count],
        }  # fmt: skip


class Pixels:
    """Of pictures, for each colour, from 0 to 1."""

    def __init__(self) -> None:
        self._pictures = self._count = 0
        self._sums, self._squares = [0.0] * 3, [0.0] * 3
        self._least, self._most = [LEVELS] * 3, [0.0] * 3

    def add(self, histogram: Sequence[int]) -> None:
        """Count a picture, by its histogram: 256 levels of red, then of green, then of blue."""
        self._pictures += 1
        self._count += sum(histogram[:256])
        for colour in range(3):
            levels = [(level, count) for level, count in enumerate(histogram[colour * 256 :][:256]) if count]
            self._sums[colour] += sum(level * count for level, count in levels)
            self._squares[colour] += sum(level * level * count for level, count in levels)
            self._least[colour] = min(self._least[colour], levels[0][0])
            self._most[colour] = max(self._most[colour], levels[-1][0])

    def result(self) -> dict[str, list[Any]]:
        """By the names of LeRobot, in its shape: colour, 1, 1."""
        means = [total / self._count for total in self._sums]
        spread = zip(self._squares, means, strict=True)
        deviations = [math.sqrt(max(0.0, square / self._count - mean * mean)) for square, mean in spread]
        values = {"min": self._least, "max": self._most, "mean": means, "std": deviations}
        shaped: dict[str, list[Any]] = {key: [[[one / LEVELS]] for one in each] for key, each in values.items()}
        return {**shaped, "count": [self._pictures]}
