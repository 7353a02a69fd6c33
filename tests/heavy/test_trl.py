"""TRL's own trainer takes `TaskTools` as its environment, in an environment with a torch of its own."""

from __future__ import annotations

import json
import os
import subprocess
from configparser import ConfigParser
from contextlib import closing
from pathlib import Path

import pytest

from tests.portals.environments import environment
from timmy_actors.embedded import LockstepWorld
from timmy_actors.worlds import Episode, find_task

ROOT = Path(__file__).parents[2]
TRL = ("torch==2.13.0", "trl==1.16.0")
"""torch is named, so that pip takes a build for the CPU where it knows one."""
SCRIPT = Path(__file__).parent / "trl" / "rollout.py"
RUN_WITHIN_S = 600

pytestmark = pytest.mark.timeout(2400)


def own_requirements() -> list[str]:
    """What this project needs for tasks."""
    settings = ConfigParser()
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = settings["options.extras_require"]
    lines = [settings["options"]["install_requires"], extras["embedded"], extras["tasks"]]
    named = [line for line in "\n".join(lines).splitlines() if line and not line.startswith("#")]
    return [line for line in named if not line.startswith("timmy_actors")]


def test_trl_discovers_the_tools_calls_them_and_trains_on_the_rewards() -> None:
    python = environment(*TRL, *own_requirements()) / "python"
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "TRL_EXPERIMENTAL_SILENCE": "1"}
    done = subprocess.run(
        [str(python), str(SCRIPT)], env=settings, capture_output=True, text=True, timeout=RUN_WITHIN_S, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    output = json.loads(done.stdout.splitlines()[-1])
    assert output["tools"] == ["go_forward", "look", "turn", "use"]
    log = output["log"]
    assert (log["tools/call_frequency"], log["tools/failure_frequency"]) == (3, 0)
    assert output["changed"], "the step changed the model"

    task = find_task("reach-tradehouse")
    for tool in output["tools"]:
        assert f'"name": "{tool}"' in output["prompt"], "the tools' schemas are in the prompt"
    assert f"<|im_start|>user\n{task.goal}\nYou are in Seyda Neen" in output["prompt"]
    with closing(LockstepWorld(5)) as world:
        episode = Episode(task, world)
        episode.start()
        for action in ("turn-left",) * 5 + ("forward",) * 4 + ("open-door",):
            state = episode.act(task.position_of(action))
    assert output["scores"] == [state.score, 0.0]
    assert log["rewards/TaskTools/mean"] == pytest.approx(state.score / 2)
