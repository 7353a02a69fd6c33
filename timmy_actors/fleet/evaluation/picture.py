"""The scores of an evaluation as a picture: an SVG with a point and its interval for each task. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from timmy_actors.fleet.evaluation.summary import TaskSummary

WIDTH, ROW, MARGIN = 720, 26, 16
LEFT, RIGHT = 210, 520
"""The horizontal positions of the scores 0 and 1."""
FIGURES = RIGHT + 24
INTERVAL, POINT, GRID, GREY = "#5b9bd5", "#1f4e79", "#ddd", "#666"


def draw_scores(rows: Sequence[TaskSummary], title: str) -> str:
    """The picture of the mean scores with their 95 % intervals, as the text of an SVG file."""
    top = 4 * MARGIN
    height = top + ROW * len(rows) + MARGIN
    lines = "\n".join(_row(row, top + ROW * position) for position, row in enumerate(rows))
    shape = f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {shape}>\n'
        f'<rect width="100%" height="100%" fill="white"/>\n'
        f'<text x="{MARGIN}" y="{MARGIN + 4}" font-weight="bold">{escape(title)}</text>\n'
        f"{_axis(top - ROW / 2, height - MARGIN)}\n{lines}\n</svg>\n"
    )


def _axis(top: float, bottom: float) -> str:
    marks = ((score, _x(score)) for score in (0.0, 0.25, 0.5, 0.75, 1.0))
    return "\n".join(
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{bottom:.1f}" stroke="{GRID}"/>'
        f'<text x="{x:.1f}" y="{top - 6:.1f}" text-anchor="middle" fill="{GREY}">{score:g}</text>'
        for score, x in marks
    )


def _row(row: TaskSummary, y: float) -> str:
    name = f'<text x="{MARGIN}" y="{y + 4:.1f}">{escape(row.task)}</text>'
    lost = f", {row.lost} lost" if row.lost else ""
    if row.score is None:
        return f'{name}<text x="{FIGURES}" y="{y + 4:.1f}" fill="{GREY}">no episode{lost}</text>'
    low, middle, high = map(_x, (row.score.low, row.score.value, row.score.high))
    return (
        f'{name}<line x1="{low:.1f}" x2="{high:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="{INTERVAL}" stroke-width="6"/>'
        f'<circle cx="{middle:.1f}" cy="{y:.1f}" r="4" fill="{POINT}"/>'
        f'<text x="{FIGURES}" y="{y + 4:.1f}" fill="{GREY}">{escape(str(row.score))}{lost}</text>'
    )


def _x(score: float) -> float:
    return LEFT + score * (RIGHT - LEFT)
