"""Curves as a picture: a sparkline for the terminal, an SVG for everybody else. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from tests.soak.samples import Curve

BLOCKS = "▁▂▃▄▅▆▇█"
COLUMNS = 60
WIDTH, HEIGHT, MARGIN = 720, 110, 14
LABEL_WIDTH = 210


def sparkline(values: Sequence[float], columns: int = COLUMNS) -> str:
    """The curve from zero up, in one line."""
    shown = [values[index * len(values) // columns] for index in range(columns)] if len(values) > columns else values
    top = max(shown, default=0.0) or 1.0
    return "".join(BLOCKS[round(value / top * (len(BLOCKS) - 1))] for value in shown)


def lines(curves: Sequence[Curve]) -> Iterator[str]:
    """A line a curve: its name, its picture, its last value, and whether it is flat."""
    for curve in curves:
        mark = "flat" if curve.is_flat else f"GREW by {curve.grew:.2f} {curve.unit}"
        yield f"{curve.name:<26} {sparkline(curve.values)} {curve.values[-1]:8.2f} {curve.unit:<3} {mark}"


def svg(curves: Sequence[Curve], title: str) -> str:
    """A strip a curve, below each other."""
    height = HEIGHT * len(curves) + 3 * MARGIN
    strips = "\n".join(_strip(curve, 2 * MARGIN + position * HEIGHT) for position, curve in enumerate(curves))
    shape = f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {shape}>\n'
        f'<rect width="100%" height="100%" fill="white"/>\n'
        f'<text x="{MARGIN}" y="{MARGIN + 4}" font-weight="bold">{escape(title)}</text>\n{strips}\n</svg>\n'
    )


def _strip(curve: Curve, top: float) -> str:
    left, floor = LABEL_WIDTH, top + HEIGHT - MARGIN
    most = max(curve.values, default=0.0) or 1.0
    step = (WIDTH - left - MARGIN) / max(1, len(curve.values) - 1)
    points = " ".join(
        f"{left + index * step:.1f},{floor - value / most * (HEIGHT - 2 * MARGIN):.1f}"
        for index, value in enumerate(curve.values)
    )
    colour = "#2a7" if curve.is_flat else "#c33"
    return (
        f'<text x="{MARGIN}" y="{top + HEIGHT / 2:.1f}">{escape(curve.name)}</text>'
        f'<text x="{MARGIN}" y="{top + HEIGHT / 2 + 16:.1f}" fill="#666">'
        f"{min(curve.values, default=0):.2f} to {most:.2f} {escape(curve.unit)}</text>"
        f'<line x1="{left}" x2="{WIDTH - MARGIN}" y1="{floor}" y2="{floor}" stroke="#ccc"/>'
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
    )
