"""The environments of the tasks, checked by Gymnasium itself."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

gymnasium = pytest.importorskip("gymnasium")
pytest.importorskip("lupa.luajit21")

import numpy as np  # noqa: E402
from click.testing import CliRunner  # noqa: E402
from gymnasium.utils.env_checker import check_env  # noqa: E402
from gymnasium.vector import AutoresetMode  # noqa: E402

from tests.waiting import PATIENCE_S, eventually  # noqa: E402
from timmy_actors.cli.root import cli  # noqa: E402
from timmy_actors.errors import ConfigError  # noqa: E402
from timmy_actors.system import tasks_folder  # noqa: E402
from timmy_actors.worlds import RandomAgent, ScriptedAgent, Task, load_tasks  # noqa: E402
from timmy_actors.worlds.envs import RealTimeEnv, TaskEnv, TextObservation, real_time  # noqa: E402
from timmy_actors.worlds.envs.action_forms import FORMS  # noqa: E402
from timmy_actors.worlds.envs.real_time import Pace  # noqa: E402
from timmy_actors.worlds.tasks.task import TaskAction  # noqa: E402

ID = "timmy_actors.worlds.envs:timmy/ReachTradehouse-v0"
FORWARD, LEFT = 0, 1


@pytest.fixture(scope="module")
def env() -> Iterator[TaskEnv]:
    env = gymnasium.make(ID, render_mode="rgb_array")
    env.reset(seed=0)  # its process is there before the first test
    yield env.unwrapped
    env.close()


@pytest.mark.parametrize("task", load_tasks().values(), ids=lambda task: task.id)
def test_gymnasiums_checker_accepts_every_environment_without_warnings(task: Task) -> None:
    """Each in one form of actions; tests/heavy has every task in every form."""
    form = list(FORMS)[len(task.id) % len(FORMS)]
    env = gymnasium.make(f"timmy_actors.worlds.envs:timmy/{task.name}-v0", render_mode="rgb_array", actions=form)
    # Warnings are errors in tests. The check of rendering starts an environment for each mode: once is enough.
    check_env(env.unwrapped, skip_render_check=task.name != "ReachTradehouse")
    env.close()


def test_gymnasiums_checker_accepts_the_real_time_variant_and_texts_without_warnings() -> None:
    env = gymnasium.make("timmy_actors.worlds.envs:timmy/MeetJiubRealTime-v0", actions="dict")
    check_env(env.unwrapped, skip_render_check=True)
    env.close()
    assert {f"timmy/{task.name}RealTime-v0" for task in load_tasks().values()} <= set(gymnasium.registry)


def test_every_form_is_sampled_with_its_mask_and_does_what_it_says() -> None:
    chosen: dict[str, Any] = {"discrete": 0, "dict": {"turn": 2, "move": 1, "use": 0}, "multi_discrete": [2, 1, 0]}
    headings = set()
    for form, action in chosen.items():
        env = TaskEnv("reach-tradehouse", actions=form)  # type: ignore[arg-type]
        observation, _ = env.reset(seed=1)
        mask = observation["action_mask"]
        if form == "multi_discrete":
            mask = tuple(np.split(mask, np.cumsum(env.action_space.nvec)[:-1]))  # type: ignore[attr-defined]
        for _ in range(5):
            assert env.action_space.contains(env.action_space.sample(mask=mask))
        observation, *_ = env.step(np.array(action) if form != "dict" else action)
        assert observation["last_action"].tolist() == ([1, 0, 0, 0] if form == "discrete" else [1, 0, 1, 0])
        assert np.abs(observation["position"]).max() > 0, "it moved"
        headings.add(tuple(observation["heading"].tolist()))
        with pytest.raises(gymnasium.error.InvalidAction, match="action: must be in"):
            env.step({"turn": 9, "move": 0, "use": 0} if form == "dict" else np.array([9, 9, 9]))
        env.close()
    assert len(headings) == 2, "it turned before it moved"
    with pytest.raises(gymnasium.error.Error, match="actions: must be one of discrete, dict, multi_discrete"):
        TaskEnv("reach-tradehouse", actions="text")  # type: ignore[arg-type]


def test_an_environment_plays_the_task_of_a_file(tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text((tasks_folder() / "take-bread.yaml").read_text().replace("id: take-bread\n", "id: take-loaf\n"))
    with closing(gymnasium.make(ID, task=str(own))) as env:
        assert env.get_wrapper_attr("task").id == "take-loaf"
        assert env.reset(seed=1)[1]["score"] == 0.0


def test_what_a_form_offers_is_possible_as_far_as_the_server_can_tell(env: TaskEnv) -> None:
    task = env.task.model_copy(update={"actions": (*env.task.actions, TaskAction(id="wait"))})
    form = FORMS["dict"](task)
    possible = [True, True, False, True, True]
    mask = form.mask(possible)
    assert {kind: each.tolist() for kind, each in mask.items()} == {"turn": [1, 1, 0], "move": [1, 1], "use": [1, 1]}
    assert FORMS["multi_discrete"](task).mask(possible).tolist() == [1, 1, 0, 1, 1, 1, 1]
    assert FORMS["discrete"](task).mask(possible).tolist() == [1, 1, 0, 1, 1]
    assert form.decode({"turn": 0, "move": 0, "use": 0}) == ()


def test_a_late_step_is_counted_and_the_next_ones_count_from_there() -> None:
    pace = Pace(0.25, now=10.0)
    assert [pace.next_end(now) for now in (10.1, 10.25, 10.6)] == [10.25, 10.5, 10.75]
    assert pace.late == 0
    assert (pace.next_end(11.5), pace.late) == (11.5, 1)
    assert (pace.next_end(11.6), pace.late) == (11.75, 1)


def test_a_real_time_world_goes_on_while_the_agent_thinks(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr(real_time, "time", SimpleNamespace(monotonic=lambda: now, sleep=sleep))
    env = RealTimeEnv("meet-jiub")
    _, info = env.reset(seed=1)
    assert (info["game_ms"], info["late_steps"], info["step_ms"]) == (0, 0, 250)
    now += 0.1
    observation, *_, info = env.step(np.int64(FORWARD))
    assert (info["game_ms"], info["late_steps"]) == (250, 0)
    assert observation["last_action"].tolist() == [1, 0, 0, 0]
    now += 3.0
    *_, info = env.step(np.int64(LEFT))
    assert (info["game_ms"], info["late_steps"]) == (3250, 1)
    now += 10_000.0
    *_, truncated, info = env.step(np.int64(LEFT))
    assert (truncated, info["ending"], info["game_ms"]) == (True, "time", 60_000)
    env.close()


def test_a_real_time_step_lasts_its_declared_time() -> None:
    began = time.monotonic()
    env = RealTimeEnv("meet-jiub")
    env.reset(seed=1)
    infos = [env.step(np.int64(FORWARD))[-1] for _ in range(4)]
    lasted_ms = (time.monotonic() - began) * 1000
    env.close()
    assert 999 <= infos[-1]["game_ms"] <= lasted_ms


def test_a_language_model_gets_a_text_in_place_of_the_arrays() -> None:
    env = TextObservation(gymnasium.make(ID))
    seen, _ = env.reset(seed=1)
    assert seen.startswith("Walk to Arrille's Tradehouse in Seyda Neen, and go in.\nYou are in Seyda Neen, facing 34")
    assert env.observation_space.contains(seen)
    seen, *_ = env.step(FORWARD)
    assert "Actions for use: open-door." in seen
    env.close()
    with pytest.raises(gymnasium.error.Error, match=r"env: .* is not a task's environment"):
        TextObservation(gymnasium.make("CartPole-v1"))
    with pytest.raises(gymnasium.error.ResetNeeded):
        TaskEnv("reach-tradehouse").text()


@pytest.mark.parametrize("vectorization", ["sync", "async"])
def test_a_vector_refuses_texts_with_the_reason(vectorization: str) -> None:
    with pytest.raises(gymnasium.error.CustomSpaceError, match=r"cannot observe texts .*leave TextObservation out"):
        gymnasium.make_vec(ID, num_envs=2, vectorization_mode=vectorization, wrappers=[TextObservation])


def test_gymnasiums_own_wrapper_flattens_masks_by_kind_too() -> None:
    flat = gymnasium.wrappers.FlattenObservation(gymnasium.make(ID, actions="dict"))
    seen, _ = flat.reset(seed=1)
    assert flat.observation_space.contains(seen)
    assert seen[:3].tolist() == [0.0, 0.0, 0.0], "the position comes first"
    assert seen[-7:].tolist() == [1, 1, 1, 1, 1, 1, 1], "the masks of turn, move and use come last"
    flat.close()


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


@pytest.mark.parametrize("agent", ["scripted", "random"])
def test_a_score_is_equal_through_gymnasium_and_the_command_line(agent: str) -> None:
    played = json.loads(
        CliRunner().invoke(cli, ["tasks", "run", "walk-to-landing", "--agent", agent, "--seed", "9", "--json"]).output
    )
    env = TaskEnv("walk-to-landing")
    _, info = env.reset(seed=9)
    player = (ScriptedAgent if agent == "scripted" else RandomAgent)(env.task, 9)
    while not info["ending"]:
        assert env._state is not None
        *_, info = env.step(np.int64(player.choose(env._state)))
    env.close()
    assert {key: info[key] for key in ("score", "ending", "game_ms")} == {
        key: played[key] for key in ("score", "ending", "game_ms")
    }


def test_the_picture_shows_the_player_in_the_middle_and_actors_around(env: TaskEnv) -> None:
    env.reset(seed=1)
    picture = env.render()
    assert picture is not None
    assert picture.shape == (256, 256, 3)
    assert tuple(picture[128, 128]) == (20, 60, 160)
    assert (picture == (170, 60, 40)).all(axis=2).sum() > 20, "an actor"


def test_the_text_for_people_shows_the_goal_and_the_score(capsys: pytest.CaptureFixture[str]) -> None:
    env = gymnasium.make(ID, render_mode="human")
    env.reset(seed=1)
    env.step(FORWARD)
    env.close()
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
    with pytest.raises(gymnasium.error.InvalidAction, match=r"action: must be in Discrete\(4\), not 99"):
        env.step(np.int64(99))
    fresh.close()


def test_a_reset_during_a_step_is_refused_and_the_step_ends() -> None:
    lane = TaskEnv("reach-tradehouse")
    lane.reset(seed=1)
    assert lane.world_pid is not None
    os.kill(lane.world_pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as thread:
        step = thread.submit(lane.step, FORWARD)
        eventually(lambda: lane._calls._lock.locked() or step.done())
        with pytest.raises(gymnasium.error.AlreadyPendingCallError, match="reset: step is still running") as refused:
            lane.reset(seed=2)
        assert refused.value.name == "step"
        os.kill(lane.world_pid, signal.SIGCONT)
        *_, info = step.result(PATIENCE_S)
    assert (info["game_ms"], info["lost"]) == (250, "")
    lane.close()


def test_a_stopped_world_truncates_its_episode_and_is_replaced() -> None:
    lane = TaskEnv("reach-tradehouse", answer_within_s=PATIENCE_S)
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
@pytest.mark.parametrize(
    ("vectorization", "form", "variant"),
    [("sync", "multi_discrete", ""), ("async", "discrete", ""), ("async", "discrete", "RealTime")],
)
def test_a_killed_world_truncates_its_lane_and_is_replaced_and_the_other_goes_on(
    vectorization: str, form: str, variant: str, mode: AutoresetMode
) -> None:
    forward = np.array([FORWARD, FORWARD]) if form == "discrete" else np.array([[0, 1, 0], [0, 1, 0]])
    lanes = gymnasium.make_vec(
        ID.replace("-v0", f"{variant}-v0"),
        num_envs=2,
        actions=form,
        vectorization_mode=vectorization,
        vector_kwargs={"autoreset_mode": mode},
    )
    lanes.reset(seed=1)
    before, *_ = lanes.step(forward)
    pids = lanes.get_attr("world_pid")
    os.kill(pids[1], signal.SIGKILL)
    seen, rewards, terminated, truncated, infos = lanes.step(forward)
    assert (terminated.tolist(), truncated.tolist(), rewards[1]) == ([False, False], [False, True], 0.0)
    if mode is AutoresetMode.SAME_STEP:
        last, lost = infos["final_obs"][1], infos["final_info"]["lost"][1]
        assert all(np.array_equal(last[key], before[key][1]) for key in before)
    else:
        lost = infos["lost"][1]
        assert all(np.array_equal(seen[key][1], before[key][1]) for key in before)
        assert infos["lost"][0] == ""
        _, _, _, truncated, infos = lanes.step(forward)
        assert truncated.tolist() == [False, False]
    assert str(pids[1]) in lost
    again = lanes.get_attr("world_pid")
    assert again[0] == pids[0]
    assert again[1] not in (None, pids[1])
    _, _, _, truncated, infos = lanes.step(forward)
    assert (truncated.tolist(), list(infos["lost"])) == ([False, False], ["", ""])
    lanes.close()
