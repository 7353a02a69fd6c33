"""The environments of the tasks, checked by Gymnasium itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

gymnasium = pytest.importorskip("gymnasium")
pytest.importorskip("lupa.luajit21")

import numpy as np  # noqa: E402
from gymnasium.utils.env_checker import check_env  # noqa: E402
from gymnasium.vector import AutoresetMode  # noqa: E402

from timmy_actors.errors import ConfigError  # noqa: E402
from timmy_actors.worlds import Episode, RandomAgent, load_tasks, play  # noqa: E402
from timmy_actors.worlds.envs import TaskEnv  # noqa: E402

ID = "timmy_actors.worlds.envs:timmy/ReachTradehouse-v0"
FORWARD, LEFT = 0, 1


@pytest.fixture(scope="module")
def env() -> Iterator[TaskEnv]:
    made = gymnasium.make(ID, render_mode="rgb_array")
    made.reset(seed=0)  # its process is there before the first test
    yield made.unwrapped
    made.close()


@pytest.mark.parametrize("task", load_tasks().values(), ids=lambda task: task.id)
def test_gymnasiums_checker_accepts_every_environment_without_warnings(task: Any) -> None:
    made = gymnasium.make(f"timmy/{task.name}-v0", render_mode="rgb_array")
    # Warnings are errors in tests. The check of rendering starts an environment for each mode: once is enough.
    check_env(made.unwrapped, skip_render_check=task.name != "ReachTradehouse")
    made.close()


def test_equal_seeds_and_actions_give_equal_observations(env: TaskEnv) -> None:
    episodes = []
    for _ in range(2):
        observation, _ = env.reset(seed=5)
        seen = [observation]
        for action in np.random.default_rng(1).integers(len(env.task.actions), size=40):
            observation, *_ = env.step(action)
            seen.append(observation)
        episodes.append([{key: value.tobytes() for key, value in one.items()} for one in seen])
    assert episodes[0] == episodes[1]
    assert len({one["position"] for one in episodes[0]}) >= 10


def test_the_keys_have_their_declared_order_also_when_flattened(env: TaskEnv) -> None:
    observation, _ = env.reset(seed=1)
    space = env.observation_space
    assert isinstance(space, gymnasium.spaces.Dict)
    assert list(observation) == list(space.spaces)
    flat = gymnasium.spaces.flatten(space, observation)
    assert np.array_equal(flat[:5], np.concatenate([observation["position"], observation["heading"]]))
    assert flat.shape == gymnasium.spaces.flatten_space(space).shape


def test_the_rewards_are_the_changes_of_the_score(env: TaskEnv) -> None:
    env.reset(seed=1)
    rewards = 0.0
    towards_door = [LEFT] * 4 + [FORWARD] * 8
    for action in towards_door:
        observation, reward, terminated, truncated, info = env.step(np.int64(action))
        rewards += reward
        assert not terminated
        assert not truncated
    assert rewards == pytest.approx(info["score"])
    assert 0 < info["score"] < 1
    assert observation["last_action"].tolist() == [1, 0, 0, 0]


def test_a_score_is_equal_through_gymnasium_and_through_an_episode(env: TaskEnv) -> None:
    _, info = env.reset(seed=9)
    agent = RandomAgent(env.task, 2)
    state = env._state
    assert state is not None
    while not info["ending"] and info["game_ms"] < 20_000:
        *_, info = env.step(np.int64(agent.choose(state)))
    gymnasium_score, game_ms = info["score"], info["game_ms"]
    env.reset(seed=9)
    task = env.task.model_copy(update={"time_limit_s": game_ms / 1000})
    assert env._world is not None
    env._world.reset(int(np.random.Generator(np.random.PCG64(9)).integers(2**31 - 1)))
    assert play(Episode(task, env._world), RandomAgent(task, 2)).score == gymnasium_score


def test_the_picture_shows_the_player_in_the_middle_and_actors_around(env: TaskEnv) -> None:
    env.reset(seed=1)
    picture = env.render()
    assert picture is not None
    assert picture.shape == (256, 256, 3)
    assert tuple(picture[128, 128]) == (20, 60, 160)
    assert (picture == (170, 60, 40)).all(axis=2).sum() > 20, "an actor"


def test_the_text_for_people_shows_the_goal_and_the_score(capsys: pytest.CaptureFixture[str]) -> None:
    made = gymnasium.make(ID, render_mode="human")
    made.reset(seed=1)
    made.step(FORWARD)
    made.close()
    shown = capsys.readouterr().out
    assert shown.count("Walk to Arrille's Tradehouse") == 2
    assert "0.25 s, score 0.0" in shown
    assert "@" in shown


def test_what_is_wrong_is_refused(env: TaskEnv) -> None:
    with pytest.raises(ConfigError, match="no task is called 'nothing'"):
        TaskEnv("nothing")
    fresh = gymnasium.make(ID)
    with pytest.raises(gymnasium.error.ResetNeeded):
        fresh.unwrapped.step(0)
    env.reset(seed=1)
    with pytest.raises(gymnasium.error.InvalidAction, match="an integer from 0 to 3"):
        env.step(np.int64(99))
    fresh.close()


def test_a_stopped_world_truncates_its_episode_and_is_replaced() -> None:
    lane = TaskEnv("reach-tradehouse", answer_within_s=20)
    lane.reset(seed=1)
    first = lane.world_pid
    assert first is not None
    assert lane._world is not None
    lane._world._answer_within_s = 0.2
    os.kill(first, signal.SIGSTOP)
    *_, truncated, info = lane.step(np.int64(FORWARD))
    assert (truncated, "did not answer" in info["lost"]) == (True, True)
    lane.reset()
    assert lane.world_pid not in (None, first)
    lane.close()


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
@pytest.mark.parametrize("vectorization", ["sync", "async"])
def test_a_killed_world_truncates_its_lane_and_is_replaced_and_the_other_goes_on(
    vectorization: str, mode: AutoresetMode
) -> None:
    lanes = gymnasium.make_vec(
        ID,
        num_envs=2,
        vectorization_mode=vectorization,
        vector_kwargs={"autoreset_mode": mode},
    )
    lanes.reset(seed=1)
    before, *_ = lanes.step(np.array([FORWARD, FORWARD]))
    pids = lanes.get_attr("world_pid")
    os.kill(pids[1], signal.SIGKILL)
    seen, rewards, terminated, truncated, infos = lanes.step(np.array([FORWARD, FORWARD]))
    assert (terminated.tolist(), truncated.tolist(), rewards[1]) == ([False, False], [False, True], 0.0)
    if mode is AutoresetMode.SAME_STEP:
        last, lost = infos["final_obs"][1], infos["final_info"]["lost"][1]
        assert all(np.array_equal(last[key], before[key][1]) for key in before)
    else:
        lost = infos["lost"][1]
        assert all(np.array_equal(seen[key][1], before[key][1]) for key in before)
        assert infos["lost"][0] == ""
        _, _, _, truncated, infos = lanes.step(np.array([FORWARD, FORWARD]))
        assert truncated.tolist() == [False, False]
    assert str(pids[1]) in lost
    again = lanes.get_attr("world_pid")
    assert again[0] == pids[0]
    assert again[1] not in (None, pids[1])
    _, _, _, truncated, infos = lanes.step(np.array([FORWARD, FORWARD]))
    assert (truncated.tolist(), list(infos["lost"])) == ([False, False], ["", ""])
    lanes.close()
