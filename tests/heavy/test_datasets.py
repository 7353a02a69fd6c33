"""LeRobot's and Minari's data sets: written by the command, loaded by the libraries, in environments of their own."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks.environments import BuildSettings
from tests.heavy.test_trl import own_requirements
from tests.portals.environments import environment
from tests.recording.journeys import GAP_AT, journeys

ROOT = Path(__file__).parents[2]
LOADERS = Path(__file__).with_name("loaders")
LEROBOT = (
    "torch==2.13.0", "datasets==5.2.0", "accelerate>=1.10", "av<16", "deepdiff", "draccus==0.10.0", "einops",
    "gymnasium>=1.1,<2", "imageio", "jsonlines", "pillow", "termcolor",
)  # fmt: skip
BARE = BuildSettings(bare=("lerobot==0.4.4", "torchvision==0.28.0"))
"""The newest that runs on Python 3.11. It asks for a torch below 2.11, of which there is none for the CPU alone."""
MINARI = ("minari[hdf5]==0.5.4", "pillow")
WITHIN_S = 900

pytestmark = pytest.mark.timeout(3_600)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("journeys") / "episodes"
    journeys(folder)
    return folder


def run(python: Path, *command: str, home: Path, **variables: str) -> list[Any]:
    """What a program printed: a JSON value per line, if it begins with a brace."""
    settings = {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "HF_HOME": str(home / "hf"), **variables}
    done = subprocess.run(
        [str(python), *command],
        env={**os.environ, **settings},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-4_000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def export(python: Path, recorded: Path, kind: str, target: Path) -> None:
    command = ["-m", "timmy_actors", "episodes", "export", "seen", "lost", "--folder", str(recorded)]
    run(python, *command, "--format", kind, "--to", str(target), home=target.parent)


def test_lerobot_reads_every_frame_and_takes_no_two_as_consecutive_that_are_not(recorded: Path, tmp_path: Path) -> None:
    python = environment(*LEROBOT, *own_requirements(), build=BARE) / "python"
    export(python, recorded, "lerobot", tmp_path / "data")
    about, *frames, batch = run(python, str(LOADERS / "load_lerobot.py"), str(tmp_path / "data"), home=tmp_path)
    assert about["lengths"] == [6, GAP_AT - 1, 6 - GAP_AT]
    assert (about["episodes"], about["frames"], about["fps"]) == (3, 11, 10)
    assert about["action"] == ["turn", "turn.by", "walk", "walk.direction=back", "walk.direction=forward"]
    assert {"action", "observation.images.screen", "observation.state"} <= set(about["stats"])
    assert [frame["beat"] for frame in frames] == [*range(1, 7), *range(1, GAP_AT), *range(GAP_AT + 1, 7)]
    assert [frame["observation.state"][:2] for frame in frames[:3]] == [[1.0, 0.0], [2.0, 0.0], [3.0, 0.0]]
    assert frames[0]["action"] == [0.0, 0.0, 1.0, 0.0, 1.0]
    assert frames[1]["action"] == [1.0, 30.0, 0.0, 0.0, 0.0]
    assert frames[0]["texts"]["task"] == "Go north."
    assert '"direction": "forward"' in frames[0]["texts"]["decision"]
    assert [frame["next.done"] for frame in frames[:6]] == [False] * 5 + [True]
    assert (frames[5]["next.success"], frames[10]["next.success"]) == (True, False)
    assert [frame["next.reward"] for frame in frames[:6]] == pytest.approx([0.1] * 6, abs=1e-6)
    assert frames[2]["real_timestamp"] == pytest.approx(0.2, abs=1e-5)
    for frame in frames:
        *shape, red, green, blue = frame["pictures"]["observation.images.screen"]
        assert shape == [3, 48, 64]
        assert (red, green, blue) == pytest.approx((frame["beat"] * 20 / 255, 90 / 255, 30 / 255), abs=0.02)
    assert batch["batch"] == [11, 2, 5]
    assert [padded[1] for padded in batch["padded"]] == [number in (5, 7, 10) for number in range(11)]


def test_minari_reads_every_step_and_stitches_over_no_lost_one(recorded: Path, tmp_path: Path) -> None:
    python = environment(*MINARI, *own_requirements()) / "python"
    export(python, recorded, "minari", tmp_path / "data")
    about, seen, before, after = run(
        python, str(LOADERS / "load_minari.py"), "beats-v0", home=tmp_path, MINARI_DATASETS_PATH=str(tmp_path / "data")
    )
    assert about == {"episodes": 3, "steps": 6 + GAP_AT - 2 + 6 - GAP_AT - 1}
    assert (seen["beats"], before["beats"], after["beats"]) == (list(range(1, 7)), [1], [4, 5])
    assert (seen["terminations"], seen["truncations"]) == ([False] * 5 + [True], [False] * 6)
    assert (after["terminations"], after["truncations"]) == ([False, False], [False, True])
    assert [each[0] for each in seen["observations"]] == [1, 2, 3, 4, 5, 6, 6]
    assert [each[0] for each in after["observations"]] == [4, 5, 6]
    assert seen["rewards"] == pytest.approx([0.1] * 6)
