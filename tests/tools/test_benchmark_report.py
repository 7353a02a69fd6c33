"""The page of figures that `make bench` writes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.__main__ import ends_well
from benchmarks.harness import Figure, Reading
from benchmarks.report import Report, explanation
from tests.end_to_end.daemon import is_running
from tests.waiting import PATIENCE_S, eventually

SVG = "{http://www.w3.org/2000/svg}"
HOLDS = Figure("ask", [1.0, 2.0, 3.0], [2.0, 2.0, 2.0], "<= 1.5 x", lambda ratio: ratio <= 1.5, "us", "bare Pykka")
MISSED = Reading("steps & more", [900.0, 1000.0, 1100.0], ">= 2,000 /s", lambda steps: steps >= 2000, "/s")
NO_GOAL = Figure("told", [1.0], [2.0])


def test_a_run_of_one_room_replaces_its_figures_and_keeps_the_others(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    Report(tmp_path).replace("actors", [HOLDS.row(), NO_GOAL.row()], took_s=60)
    Report(tmp_path).replace("worlds", [HOLDS.row()], took_s=5)
    Report(tmp_path).replace("worlds", [MISSED.row()], took_s=90)
    page = (tmp_path / "benchmarks.md").read_text()
    assert "| ask | 2.0 us | 2.0 us bare Pykka | 1.00 (0.50 to 1.50) | <= 1.5 x | holds |" in page
    assert "| told | 1.0 us | 2.0 us | 0.50 (0.50 to 0.50) |  |  |" in page
    assert "| steps & more | 1,000 /s (900 to 1,100) |  |  | >= 2,000 /s | **missed** |" in page
    assert page.count("| ask |") == 1
    assert "The 2 rooms below took 2 minutes together." in page  # 150 s, rounded to even
    assert ", in 90 s, " in page
    assert [len(room["rows"]) for room in json.loads((tmp_path / "benchmarks.json").read_text()).values()] == [2, 1]


def test_the_picture_has_a_bar_for_each_figure_with_a_goal(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    Report(tmp_path).replace("actors", [HOLDS.row(), replace(NO_GOAL.row(), name="ask"), MISSED.row()], took_s=1)
    drawn = ElementTree.fromstring((tmp_path / "images" / "benchmarks.svg").read_text())
    held, missed = (bar for bar in drawn.iter(f"{SVG}rect") if bar.get("y"))
    assert (float(held.get("width", 0)), float(missed.get("width", 0))) == (round(170 / 1.5), 340)
    assert held.get("fill") != missed.get("fill")
    assert "actors: steps & more" in "".join(drawn.itertext())


def test_a_missed_goal_is_explained_or_said_to_be_within_the_spread() -> None:
    known = replace(MISSED.row(), name="2 worlds in an async vector")
    near = Reading("ask", [9.0, 11.0, 12.0], "<= 10 us", lambda us: us <= 10, "us").row()
    assert "share two cores" in explanation("worlds", known)
    assert "within the spread" in explanation("actors", near)
    assert "not explained" in explanation("actors", MISSED.row())


def test_a_room_that_takes_too_long_is_ended_with_everything_that_it_started(tmp_path: Path) -> None:
    assert ends_well(["true"], PATIENCE_S)
    assert not ends_well(["false"], PATIENCE_S)
    begun = tmp_path / "begun"
    for within_s in (1, 10, PATIENCE_S):  # a busy machine takes a while to begin
        assert not ends_well(["sh", "-c", f"sleep 1000 & echo $! > {begun}; wait"], within_s)
        if begun.exists():
            break
    eventually(lambda: not is_running(int(begun.read_text())))
