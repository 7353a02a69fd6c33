"""The tasks' own vector, compared with the environments one by one, and with lanes that are lost."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

gymnasium = pytest.importorskip("gymnasium")
pytest.importorskip("lupa.luajit21")

import numpy as np  # noqa: E402
from gymnasium.vector import AutoresetMode  # noqa: E402

from tests.waiting import PATIENCE_S  # noqa: E402
from timmy_actors.errors import ConfigError  # noqa: E402
from timmy_actors.worlds.envs import TaskEnv  # noqa: E402
from timmy_actors.worlds.envs.vector import LaneEnv, TaskVectorEnv  # noqa: E402

ID = "timmy_actors.worlds.envs:timmy/ReachTradehouse-v0"
TASK = "reach-tradehouse"
FORWARD, LEFT = 0, 1


@pytest.fixture
def lanes() -> Iterator[Any]:
    """Two lanes. Starting one takes a second of computing, so the tests are few."""
    with closing(gymnasium.make_vec(ID, num_envs=2, vectorization_mode="vector_entry_point")) as vector:
        yield vector


def test_every_lane_is_equal_to_an_environment_with_its_seed(lanes: Any) -> None:
    seen, _ = lanes.reset(seed=3)
    with closing(TaskEnv(TASK)) as env:
        for number in (1, 0):
            alone, _ = env.reset(seed=3 + number)
            assert all(np.array_equal(seen[key][number], alone[key]) for key in alone)
        for pair in np.random.default_rng(1).integers(3, size=(20, 2)):
            alone, reward, terminated, truncated, info = env.step(pair[0])
            seen, rewards, *ended, infos = lanes.step(pair)
            assert all(np.array_equal(seen[key][0], alone[key]) for key in alone)
            assert all(seen[key].dtype == alone[key].dtype for key in alone)
            assert (rewards[0], ended[0][0], ended[1][0]) == (reward, terminated, truncated)
            assert {key: infos[key][0] for key in info} == info
    before = infos["game_ms"].tolist()
    with pytest.raises(gymnasium.error.InvalidAction, match=r"actions\.1"):
        lanes.step(np.array([FORWARD, 99]))
    after = lanes.step([FORWARD, FORWARD])[-1]["game_ms"].tolist()
    assert after == [ms + 250 for ms in before], "a wrong action steps no lane"


def test_a_lost_lane_is_truncated_and_replaced_and_the_other_goes_on(lanes: Any) -> None:
    lanes.reset(seed=1)
    other = lanes.envs[0].world_pid
    for mode, sign in (
        (AutoresetMode.NEXT_STEP, signal.SIGSTOP),
        (AutoresetMode.SAME_STEP, signal.SIGKILL),
    ):
        lanes.autoreset_mode = mode
        before, *_ = lanes.step([FORWARD, FORWARD])
        pid = lanes.envs[1].world_pid
        os.kill(pid, sign)
        lanes.envs[1]._answer_within_s = 0.2 if sign is signal.SIGSTOP else PATIENCE_S
        seen, rewards, terminated, truncated, infos = lanes.step([FORWARD, FORWARD])
        lanes.envs[1]._answer_within_s = PATIENCE_S
        assert (terminated.tolist(), truncated.tolist(), rewards[1]) == ([False, False], [False, True], 0.0)
        if mode is AutoresetMode.SAME_STEP:
            last, lost = infos["final_obs"][1], infos["final_info"]["lost"][1]
            assert all(np.array_equal(last[key], before[key][1]) for key in before)
            assert "has ended" in lost or "cannot be reached" in lost
        else:
            lost = infos["lost"][1]
            assert all(np.array_equal(seen[key][1], before[key][1]) for key in before)
            assert "did not answer within 0.2 s" in lost
            assert infos["lost"][0] == ""
            assert lanes.step([FORWARD, FORWARD])[3].tolist() == [False, False]
        assert str(pid) in lost
        assert not Path(f"/proc/{pid}").exists()
        assert lanes.envs[0].world_pid == other
        assert lanes.envs[1].world_pid not in (None, pid)
        *_, truncated, infos = lanes.step([FORWARD, FORWARD])
        assert (truncated.tolist(), list(infos["lost"])) == ([False, False], ["", ""])


def test_an_answer_that_a_failed_step_left_is_not_taken_for_the_next_one(lanes: Any) -> None:
    lanes.reset(seed=1)
    lanes.envs[0]._last = None  # so this lane raises when the other one has begun its step
    with pytest.raises(gymnasium.error.ResetNeeded):
        lanes.step([FORWARD, FORWARD])
    seen, infos = lanes.reset(seed=3)
    assert infos["game_ms"].tolist() == [0, 0]
    with closing(TaskEnv(TASK)) as env:
        alone, _ = env.reset(seed=4)
        assert all(np.array_equal(seen[key][1], alone[key]) for key in alone)
        alone, *_ = env.step(LEFT)
        seen, *_ = lanes.step([LEFT, LEFT])
        assert all(np.array_equal(seen[key][1], alone[key]) for key in alone)


def test_what_cannot_be_made_or_stepped_is_refused() -> None:
    with pytest.raises(ConfigError, match="no task is called 'nothing'"):
        TaskVectorEnv("nothing", 2)
    with closing(LaneEnv(TASK)) as fresh, pytest.raises(gymnasium.error.ResetNeeded):
        fresh.step(FORWARD)
