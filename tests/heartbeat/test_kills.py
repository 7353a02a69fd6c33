"""A killed daemon resumes its beat by itself, and does nothing twice; `tests/heavy` has the full size."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.heartbeat.kills import complaints, kill_at_random, playing

pytest.importorskip("lupa.luajit21")

BEATS, KILLS = 10, 1


def test_a_run_of_beats_survives_a_kill_and_nothing_is_done_twice(runtime_folder: Path) -> None:
    with playing(runtime_folder, BEATS, rate_hz=20.0) as stage:
        kill_at_random(stage, BEATS, KILLS, seed=17)
        assert list(complaints(stage, BEATS)) == [], stage.daemon.log.read_text()
