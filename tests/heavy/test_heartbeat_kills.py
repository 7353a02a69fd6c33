"""A thousand beats, 20 kills, a full disk, a clock that jumps: the full size of `tests/heartbeat/test_kills.py`."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.chaos.stage import Stage
from tests.heartbeat.kills import WITHIN_S, complaints, played, playing, reach, start
from tests.waiting import eventually
from timmy_actors.client import connect
from timmy_actors.errors import TimmyError

BEATS, KILLS, SEED = 1_000, 20, 17
FULL_DISK_AT = 500
CLOCK_JUMPS = {200: 86_400.0, 700: -86_400.0}
LAST_KILL = 950
"""Before the script is played, so that every kill meets a beat."""


@pytest.mark.timeout(3_600)
def test_a_thousand_beats_survive_kills_a_full_disk_and_a_clock_that_jumps(runtime_folder: Path) -> None:
    kills = set(random.Random(SEED).sample(range(1, LAST_KILL), KILLS))
    with playing(runtime_folder, BEATS, rate_hz=20.0) as stage:
        start(stage)
        for mark in sorted({*kills, *CLOCK_JUMPS, FULL_DISK_AT}):
            reach(stage, mark)
            if mark in CLOCK_JUMPS:
                stage.daemon.jump(CLOCK_JUMPS[mark])
            if mark == FULL_DISK_AT:
                with stage.daemon.full_disk():
                    eventually(lambda: loses_records(stage), WITHIN_S)
            if mark in kills:
                stage.daemon.kill()
        played(stage)
        complaints_seen = list(complaints(stage, BEATS, disk_was_full=True))
        assert complaints_seen == [], stage.daemon.log.read_text()[-5_000:]


def loses_records(stage: Stage) -> bool:
    """Whether the daemon says that beats are not recorded."""
    try:
        with connect(stage.daemon.endpoint) as daemon:
            return daemon.heartbeat().recording is not None
    except TimmyError:
        return False
