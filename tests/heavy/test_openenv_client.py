"""OpenEnv's own client and validator, in an environment of their own: they cannot be installed beside `mcp` 2.x.

And an episode of random actions, which lasts until its time is up.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.portals.environments import environment
from tests.serving.openenv.scores import check_scores
from tests.serving.openenv.task_server import TaskServer
from tests.waiting import eventually
from timmy_actors.embedded import LockstepWorld
from timmy_actors.worlds import Episode, ScriptedAgent, find_task

OPENENV = ("openenv==0.10.0",)
CLIENT = Path(__file__).parent / "openenv" / "client.py"
TASK, SEED = "take-bread", 11
RUN_WITHIN_S = 120

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def server(runtime_folder: Path) -> Iterator[TaskServer]:
    environment(*OPENENV)  # installed first: this takes minutes
    with TaskServer(runtime_folder, TASK) as running:
        yield running


def test_openenvs_client_plays_an_episode_with_the_score_of_a_local_one(server: TaskServer) -> None:
    task = find_task(TASK)
    agent, actions = ScriptedAgent(task, SEED), []
    with closing(LockstepWorld(SEED)) as world:
        episode = Episode(task, world)
        state = episode.start()
        while not state.ending:
            actions.append(agent.choose(state))
            state = episode.act(actions[-1])
    options = {"url": server.url, "headers": server.headers, "seed": SEED}
    script = json.dumps({**options, "actions": [task.actions[number].id for number in actions]})
    command = [str(environment(*OPENENV) / "python"), str(CLIENT)]
    done = subprocess.run(command, input=script, capture_output=True, text=True, timeout=RUN_WITHIN_S, check=False)
    assert done.returncode == 0, done.stderr
    played = json.loads(done.stdout)
    assert played["goal"] == task.goal
    assert played["begun"] == [None, False]
    assert sum(played["rewards"]) == pytest.approx(state.score)
    assert (played["done"], played["metadata"]["reason"]) == (True, "success")
    assert (played["metadata"]["score"], played["metadata"]["game_ms"]) == (state.score, state.game_ms)
    assert (played["state"]["episode_id"], played["state"]["step_count"]) == ("heavy", len(actions))
    assert "action: must be" in played["errors"][0]
    assert "403" in played["errors"][1]
    eventually(lambda: not server.worlds())


def test_openenvs_validator_passes(server: TaskServer) -> None:
    command = [str(environment(*OPENENV) / "openenv"), "validate", "--url", server.url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_WITHIN_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Verdict: PASS" in done.stdout
    assert "FAIL" not in done.stdout


def test_the_score_of_random_actions_is_equal_through_openenv_gymnasium_and_the_command_line(
    runtime_folder: Path,
) -> None:
    with TaskServer(runtime_folder, TASK) as running, running.client() as client:
        check_scores(client, TASK, "random")
