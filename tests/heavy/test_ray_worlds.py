"""An evaluation on a Ray cluster of three nodes that loses one of them, and whose worlds are killed at random."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.heavy.ray_environment import ray_python, settings

SCRIPT = Path(__file__).parent / "ray_worlds" / "evaluate.py"
RUN_WITHIN_S = 1500
SEED = 1

pytestmark = pytest.mark.timeout(2400)


def test_no_episode_is_lost_or_counted_twice_when_worlds_and_a_node_die(tmp_path: Path) -> None:
    folder, home = tmp_path / "evaluation", tmp_path / "home"
    home.mkdir()
    command = [str(ray_python()), str(SCRIPT), str(folder), str(SEED)]
    done = subprocess.run(
        command, env=settings(home), capture_output=True, text=True, timeout=RUN_WITHIN_S, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    output = json.loads(done.stdout.splitlines()[-1])
    results, planned = output["results"], output["planned"]
    keys = [(result["task"], result["number"]) for result in results]
    assert len(keys) == len(set(keys)) == planned, "each episode has one result"
    stored = [json.loads(line) for line in (folder / "episodes.jsonl").read_text().splitlines()[1:]]
    assert stored == results
    assert (output["nodes"], output["killed"] > 0) == (1, True), (
        "one of the two nodes was removed, and worlds were killed"
    )
    lost = [result for result in results if result["ending"] == "lost"]
    assert 0 < len(lost) < planned
    assert all("the Ray actor of the world was lost" in result["reason"] for result in lost)
    assert {result["score"] for result in results if result["ending"] == "success"} == {1.0}
    assert output["left"] == [], "no world outlives the evaluation"
    assert output["restored"], "the handler of SIGTERM is the former one"
