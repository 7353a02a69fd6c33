"""An episode of one agent over OpenEnv's wire, through Gymnasium and on the command line: all must say the same."""

from __future__ import annotations

import json
from typing import Any

import gymnasium
import numpy as np
import pytest
from click.testing import CliRunner

from tests.serving.openenv.task_server import Client
from timmy_actors.cli.root import cli
from timmy_actors.worlds import Agent, RandomAgent, ScriptedAgent, State, find_task

AGENTS: dict[str, type[Any]] = {"scripted": ScriptedAgent, "random": RandomAgent}


def as_state(seen: Any) -> State:
    """What an agent of the tasks looks at."""
    return State(seen["observation"]["sections"], (), seen["metadata"]["game_ms"])


def check_scores(client: Client, task_id: str, name: str) -> None:
    """Play a task's episode three times with an agent, and compare."""
    task, kind = find_task(task_id), AGENTS[name]
    env: Any = gymnasium.make(f"timmy_actors.worlds.envs:timmy/{task.name}-v0")
    _, info = env.reset(seed=3)
    seed = json.loads(env.unwrapped._world.save())["seed"]
    agent: Agent = kind(task, seed)
    while not info["ending"]:
        *_, info = env.step(np.int64(agent.choose(env.unwrapped._state)))
    env.close()

    seen, agent, rewards = client.reset(seed=seed), kind(task, seed), 0.0
    while not seen["done"]:
        seen = client.step(task.actions[agent.choose(as_state(seen))].id)
        rewards += seen["reward"]

    ran = CliRunner().invoke(cli, ["tasks", "run", task_id, "--agent", name, "--seed", str(seed), "--json"])
    outcome = json.loads(ran.output)
    assert seen["metadata"]["score"] == info["score"] == outcome["score"] == pytest.approx(rewards)
    assert seen["metadata"]["reason"] == info["ending"] == outcome["ending"]
    assert seen["metadata"]["game_ms"] == info["game_ms"] == outcome["game_ms"]
    assert seen["metadata"]["truncated"] == (outcome["ending"] == "time")
