from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

pytest.importorskip("pettingzoo")
pytest.importorskip("lupa.luajit21")

import numpy as np
from pettingzoo.test import parallel_api_test

from timmy_actors.worlds.envs.pettingzoo_env import RaceEnv

FORWARD, LEFT = np.int64(0), np.int64(1)


@pytest.fixture(scope="module")
def race() -> Iterator[RaceEnv]:
    env = RaceEnv()
    env.reset(seed=1)
    yield env
    env.close()


def test_pettingzoos_own_test_accepts_it_without_warnings(race: RaceEnv) -> None:
    race.task = race.task.model_copy(update={"time_limit_s": 10.0})
    parallel_api_test(race, num_cycles=60)


def test_two_players_act_at_once_and_equal_seeds_give_equal_observations(race: RaceEnv) -> None:
    episodes = []
    for _ in range(2):
        race.reset(seed=3)
        seen = [race.step({"Timmy": FORWARD, "Jiub": LEFT})[0] for _ in range(8)]
        episodes.append([{key: value.tobytes() for key, value in one[agent].items()} for one in seen for agent in one])
    assert episodes[0] == episodes[1]
    assert np.abs(seen[-1]["Timmy"]["position"][:2]).max() > 0.05
    assert np.abs(seen[-1]["Jiub"]["position"][:2]).max() == 0
    assert (seen[-1]["Jiub"]["heading"] != seen[0]["Jiub"]["heading"]).any()


def test_a_lost_world_truncates_every_agent_and_is_replaced(race: RaceEnv) -> None:
    race.reset(seed=1)
    assert race._world is not None
    os.kill(race._world.pid, signal.SIGKILL)
    _, rewards, terminated, truncated, infos = race.step({"Timmy": FORWARD, "Jiub": FORWARD})
    assert (set(rewards.values()), set(terminated.values()), set(truncated.values())) == ({0.0}, {False}, {True})
    assert all("process" in info["lost"] for info in infos.values())
    assert race.agents == []
    race.close()
