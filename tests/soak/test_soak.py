from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.soak.picture import lines, sparkline, svg
from tests.soak.run import run
from tests.soak.samples import Curve

SECONDS = 4.0


@pytest.mark.timeout(120)
def test_a_loaded_daemon_is_looked_at_all_the_time(runtime_folder: Path) -> None:
    soaked = run(runtime_folder, SECONDS)
    assert soaked.calls["done"] > 0
    assert soaked.calls["pushed"] > 0
    assert len(soaked.curves) == 5
    assert all(len(curve.values) > 1 and max(curve.values) > 0 for curve in soaked.curves)


@pytest.mark.parametrize(
    ("values", "flat"),
    [
        ([50.0] * 100, True),
        ([20.0] * 10 + [50.0] * 90, True),  # warming up
        ([50.0, 51.0] * 50, True),
        ([50.0 + step * 0.1 for step in range(100)], False),  # a leak
        ([50.0] * 70 + [60.0] * 30, False),
    ],
)
def test_a_leak_is_told_from_warming_up_and_from_noise(values: list[float], flat: bool) -> None:
    assert Curve("memory", "MB", values, slack=1.0).is_flat is flat


def test_the_curve_is_a_picture_in_the_terminal_and_in_a_file() -> None:
    assert sparkline([0.0, 3.5, 7.0]) == "▁▅█"
    assert len(sparkline([1.0] * 1_000)) == 60
    curves = [Curve("memory <&>", "MB", [1.0, 2.0], slack=5.0), Curve("threads", "", [1.0, 1.0, 9.0, 9.0], slack=1.0)]
    flat, grew = lines(curves)
    assert flat.endswith("flat")
    assert "GREW by 8.00" in grew
    drawn = ElementTree.fromstring(svg(curves, "ten minutes"))
    curves_drawn = drawn.findall("{http://www.w3.org/2000/svg}polyline")
    assert [line.get("stroke") for line in curves_drawn] == ["#2a7", "#c33"]
