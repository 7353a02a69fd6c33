"""The page of figures that `make bench` writes."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.harness import Figure, Reading
from benchmarks.report import Report

SVG = "{http://www.w3.org/2000/svg}"
HOLDS = Figure("ask", [1.0, 2.0, 3.0], [2.0, 2.0, 2.0], "<= 1.5 x", lambda ratio: ratio <= 1.5, "us", "bare Pykka")
MISSED = Reading("steps & more", [900.0, 1000.0, 1100.0], ">= 2,000 /s", lambda steps: steps >= 2000, "/s")
NO_GOAL = Figure("told", [1.0], [2.0])


def test_a_run_of_one_room_replaces_its_figures_and_keeps_the_others(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    Report(tmp_path).replace("actors", [HOLDS.row(), NO_GOAL.row()])
    Report(tmp_path).replace("worlds", [HOLDS.row()])
    Report(tmp_path).replace("worlds", [MISSED.row()])
    page = (tmp_path / "benchmarks.md").read_text()
    assert "| ask | 2.0 us | 2.0 us bare Pykka | 1.00 (0.50 to 1.50) | <= 1.5 x | holds |" in page
    assert "| told | 1.0 us | 2.0 us | 0.50 (0.50 to 0.50) |  |  |" in page
    assert "| steps & more | 1000 /s (900 to 1100) |  |  | >= 2,000 /s | **missed** |" in page
    assert page.count("| ask |") == 1
    assert [len(room["rows"]) for room in json.loads((tmp_path / "benchmarks.json").read_text()).values()] == [2, 1]


def test_the_picture_has_a_bar_for_each_figure_with_a_goal(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    Report(tmp_path).replace("actors", [HOLDS.row(), NO_GOAL.row(), MISSED.row()])
    drawn = ElementTree.fromstring((tmp_path / "images" / "benchmarks.svg").read_text())
    held, missed = (bar for bar in drawn.iter(f"{SVG}rect") if bar.get("y"))
    assert (float(held.get("width", 0)), float(missed.get("width", 0))) == (round(170 / 1.5), 340)
    assert held.get("fill") != missed.get("fill")
    assert "actors: steps & more" in "".join(drawn.itertext())
