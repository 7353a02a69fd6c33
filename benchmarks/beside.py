"""Compares this checkout's figures with another's: `make bench ROOM BESIDE=../other`.

Each runs its own benchmarks in turn, round after round. A figure is compared as its own run measured it: the ratio to
its yardstick, or the value of a figure that has none. Exits with 1 if a figure is worse by more than 10 %.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.checkouts import copy_checkout

HERE = Path(__file__).parents[1]
COPIES = HERE / ".cache" / "beside"
WORSE = 1.1
"""From this ratio on a figure counts as worse."""

Figures = Mapping[str, Mapping[str, Any]]
"""By room and name: a row of `docs/benchmarks.json`."""


@dataclass(frozen=True)
class Comparison:
    """How a figure of this checkout compares with the other's, in every round."""

    name: str
    ratios: Sequence[float]
    """Above 1: this checkout's is worse."""

    @property
    def worse(self) -> bool:
        """Whether it is worse by more than 10 %, in the median of the rounds."""
        return statistics.median(self.ratios) > WORSE

    def line(self) -> str:
        """One line of the report."""
        low, high = min(self.ratios), max(self.ratios)
        verdict = "  WORSE" if self.worse else ""
        return f"{self.name:<76} {statistics.median(self.ratios):6.2f} ({low:.2f} to {high:.2f}){verdict}"


def compare(rounds: Sequence[tuple[Figures, Figures]]) -> Iterator[Comparison]:
    """Every figure that both checkouts have in every round; each round is this checkout's figures, and the other's."""
    common = set.intersection(*(set(mine) & set(other) for mine, other in rounds))
    for name in sorted(common):
        pairs = [(mine[name], other[name]) for mine, other in rounds]
        if all(row["middle"] > 0 for pair in pairs for row in pair):
            yield Comparison(name, [_ratio(mine, other) for mine, other in pairs])


def main() -> None:
    """Run the rooms in copies of both checkouts in turn, and print how the figures compare."""
    options = _options()
    copies = COPIES / "this", COPIES / "other"
    for source, copy in zip((HERE, options.beside), copies, strict=True):
        copy_checkout(source, copy)
        (copy / ".cache").symlink_to(HERE / ".cache")  # the environments of other programs, which are there already
    rounds: list[tuple[Figures, Figures]] = []
    for number in range(1, options.rounds + 1):
        print(f"round {number} of {options.rounds}: this checkout, then {options.beside}", flush=True)
        mine, other = (_measure(copy, options.rooms) for copy in copies)
        rounds.append((mine, other))
    compared = list(compare(rounds))
    print(
        f"\nthis checkout's figure / the other's, in the median of {options.rounds} rounds; above 1: this one is worse"
    )
    for comparison in compared:
        print(comparison.line())
    sys.exit(any(comparison.worse for comparison in compared))


def _ratio(mine: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    ratio: float = mine["middle"] / other["middle"]
    return 1 / ratio if _more_is_better(mine) else ratio


def _more_is_better(row: Mapping[str, Any]) -> bool:
    """As its goal says; without one, by its unit: rates are better when they are higher, everything else is worse."""
    goal, unit = row["goal"], row["value"].split()[1:2]
    return bool(goal.startswith(">") if goal else unit == ["/s"])


def _measure(copy: Path, rooms: Sequence[str]) -> Figures:
    """Run the benchmarks of a copy. Its page of figures is where they are read from."""
    data = copy / "docs" / "benchmarks.json"
    data.write_text("{}")
    environment = os.environ | {"PYTHONPATH": str(copy)}
    subprocess.run([sys.executable, "-m", "benchmarks", *rooms], cwd=copy, env=environment, check=True)
    measured = json.loads(data.read_text())
    return {f"{room}: {row['name']}": row for room, run in measured.items() for row in run["rows"]}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.beside", description=__doc__)
    parser.add_argument("beside", type=Path, help="the folder of the other checkout")
    parser.add_argument("rooms", nargs="*", help="the rooms to measure; none: all")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if not (options.beside / "benchmarks" / "__main__.py").is_file():
        parser.error(f"{options.beside} is no checkout of this project")
    if options.rounds < 1:
        parser.error("--rounds: must be 1 or more")
    return options


if __name__ == "__main__":
    main()
