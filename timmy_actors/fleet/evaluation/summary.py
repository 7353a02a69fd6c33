"""The scores of an evaluation with confidence intervals. Pure."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from timmy_actors.fleet.evaluation.records import EpisodeResult

CONFIDENCE = 0.95
RESAMPLES = 2_000
"""Enough that the interval's ends are stable to about 0.01."""
ALL = "all tasks"


@dataclass(frozen=True)
class Interval:
    """A value, and the interval that contains the true one with 95 % confidence."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"


@dataclass(frozen=True)
class TaskSummary:
    """The episodes of a task, or of all."""

    task: str
    played: int
    """How many were played to their end."""
    lost: int
    """How many were truncated because their world was lost; they have no score."""
    score: Interval | None
    """The mean score, by the bootstrap; of all tasks: the mean of their means. None: no episode was played."""
    success: Interval | None
    """The share of successful episodes, by Wilson's interval."""


def summarize(results: Iterable[EpisodeResult], tasks: Sequence[str]) -> list[TaskSummary]:
    """A row for each task, and the last one for all of them."""
    by_task: dict[str, list[EpisodeResult]] = {task: [] for task in tasks}
    for result in sorted(results, key=lambda one: one.key):
        by_task[result.task].append(result)
    rows = [_summary(task, [group]) for task, group in by_task.items()]
    return [*rows, _summary(ALL, list(by_task.values()))]


def _summary(task: str, groups: Sequence[Sequence[EpisodeResult]]) -> TaskSummary:
    results = [result for group in groups for result in group]
    played = [result for result in results if result.score is not None]
    scores = [[result.score for result in group if result.score is not None] for group in groups]
    scores = [group for group in scores if group]
    successes = sum(result.ending == "success" for result in played)
    return TaskSummary(
        task,
        len(played),
        len(results) - len(played),
        bootstrap(scores) if scores else None,
        wilson(successes, len(played)) if played else None,
    )


def bootstrap(groups: Sequence[Sequence[float]]) -> Interval:
    """The mean of the groups' means, with the percentile interval of a bootstrap within each group.

    Equal scores give equal intervals: the resamples come from a fixed seed. The interval of equal values has no width.
    """
    generator = random.Random(0)  # noqa: S311  no secret
    means = sorted(
        statistics.fmean(statistics.fmean(generator.choices(group, k=len(group))) for group in groups)
        for _ in range(RESAMPLES)
    )
    tail = round(RESAMPLES * (1 - CONFIDENCE) / 2)
    return Interval(statistics.fmean(map(statistics.fmean, groups)), means[tail], means[-1 - tail])


def wilson(successes: int, count: int) -> Interval:
    """The share of successes, with Wilson's score interval (Wilson 1927), which is never without width."""
    z = statistics.NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    share, spread = successes / count, z * z / count
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / count + spread / count / 4)
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def describe_scores(rows: Sequence[TaskSummary]) -> Iterator[str]:
    """The scores as a Markdown table, a line at a time."""
    yield "| task | episodes | lost | score (95 % interval) | success (95 % interval) |"
    yield "|---|---|---|---|---|"
    for row in rows:
        name = row.task if row.task == ALL else f"`{row.task}`"
        yield f"| {name} | {row.played} | {row.lost} | {row.score or 'none'} | {row.success or 'none'} |"
