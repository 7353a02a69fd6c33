"""Trains a small DQN to walk to Arrille's Tradehouse and go in, and draws its learning curve.

`make train-example` runs it, in an environment of its own. It takes some minutes on one core.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gymnasium
import matplotlib as mpl
import numpy as np
import torch
from stable_baselines3 import DQN
from stable_baselines3.common.callbacks import BaseCallback

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENVIRONMENT = "timmy_actors.worlds.envs:timmy/ReachTradehouse-v0"
LEFT = 1
TURNS = 24
"""Turns of 15 degrees in a circle."""
MOST_STEPS = 120
"""An episode's length, with the turns at its start; a straight way takes about 20."""
SUCCESS, NEARER, EACH_STEP = 2.0, 8.0, 0.02
"""Rewards: for going in; for 4,096 game units of the way, about 1 for all of it; and against every step."""
WINDOW = 25
"""Episodes over which the curve is averaged."""
COLUMNS = ("episode", "steps", "score", "success")
TESTS = 20
"""Episodes of each policy that is compared at the end."""


class Compass(gymnasium.ObservationWrapper[Any, Any, Any]):
    """What a walker needs of the observation: the way to the goal, seen from where it looks, and its last action."""

    def __init__(self, env: gymnasium.Env[Any, Any]) -> None:
        super().__init__(env)
        size = 4 + int(env.action_space.n)
        self.observation_space = gymnasium.spaces.Box(-16, 16, (size,), np.float32)

    def observation(self, seen: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
        """Ahead and to the right (as a direction), the distance, whether there is a goal here, the last action."""
        (east, north), (sine, cosine) = seen["goal"], seen["heading"]
        ahead, right = east * sine + north * cosine, east * cosine - north * sine
        distance = max(float(np.hypot(ahead, right)), 1e-6)
        way = [ahead / distance, right / distance, distance * 4, seen["goal_mask"][0]]
        return np.concatenate([way, seen["last_action"]]).astype(np.float32)


class Walk(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Begins with a random turn, so that no fixed list of actions does the task, and rewards every step of the way.

    The task's own reward is the change of its score, which is 0 for a player farther away than at the start.
    """

    def reset(self, **options: Any) -> tuple[Any, dict[str, Any]]:
        """Begin an episode."""
        seen, info = self.env.reset(**options)
        for _ in range(int(self.np_random.integers(TURNS))):
            seen, *_, info = self.env.step(np.int64(LEFT))
        self._distance = float(np.hypot(*seen["goal"]))
        return seen, info

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Take a step."""
        seen, _, terminated, truncated, info = self.env.step(np.int64(action))
        before, self._distance = self._distance, float(np.hypot(*seen["goal"]))
        reward = SUCCESS if info["ending"] == "success" else (before - self._distance) * NEARER - EACH_STEP
        return seen, reward, terminated, truncated, info


class Episodes(BaseCallback):
    """Writes a row for each episode."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[int, int, float, int]] = []

    def _on_step(self) -> bool:
        for ended, info in zip(self.locals["dones"], self.locals["infos"], strict=True):
            if ended:
                success = int(info["ending"] == "success")
                self.rows.append((len(self.rows) + 1, self.num_timesteps, round(info["score"], 4), success))
        return True


def make_env() -> gymnasium.Env[Any, Any]:
    """The task, with the walker's observations."""
    return Compass(Walk(gymnasium.make(ENVIRONMENT, max_episode_steps=MOST_STEPS)))


def success_rate(env: gymnasium.Env[Any, Any], model: DQN | None) -> float:
    """The part of `TESTS` episodes in which the model succeeds; None: with random actions."""
    successes, info = 0, dict[str, Any]()
    env.action_space.seed(1)
    for episode in range(TESTS):
        seen, _ = env.reset(seed=10_000 + episode)
        ended = False
        while not ended:
            action = env.action_space.sample() if model is None else model.predict(seen, deterministic=True)[0]
            seen, _, terminated, truncated, info = env.step(action)
            ended = terminated or truncated
        successes += info["ending"] == "success"
    return successes / TESTS


def draw(rows: list[tuple[int, int, float, int]], random_rate: float, picture: Path) -> None:
    """The mean score and the successes of the last episodes, over the steps."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415  after the choice of the backend

    _, steps, scores, successes = (np.array(column, float) for column in zip(*rows, strict=True))
    figure, axes = plt.subplots(figsize=(8, 4.5), dpi=110, layout="constrained")
    for values, name in ((successes, "successes"), (scores, "score")):
        means = [values[max(0, end - WINDOW) : end].mean() for end in range(1, len(values) + 1)]
        axes.plot(steps, means, label=f"{name}, mean of the last {WINDOW} episodes")
    axes.axhline(random_rate, color="grey", linestyle=":", label=f"successes of random actions ({random_rate:.2f})")
    axes.set(xlabel="steps of 0.25 s of game time", ylim=(-0.02, 1.02), title="DQN on timmy/ReachTradehouse-v0")
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    figure.savefig(picture)


def main() -> None:
    """Train, compare, and write the picture and the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--picture", type=Path, default=Path("docs/images/train-reach.png"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    env, episodes, began = make_env(), Episodes(), time.monotonic()
    model = DQN(
        "MlpPolicy",
        env,
        learning_rate=4e-4,
        buffer_size=options.steps,
        learning_starts=1000,
        batch_size=128,
        gamma=0.95,
        train_freq=2,
        target_update_interval=250,
        exploration_fraction=0.4,
        exploration_final_eps=0.1,
        policy_kwargs={"net_arch": [64, 64]},
        seed=options.seed,
        device="cpu",
    )
    model.learn(options.steps, callback=episodes)
    trained_s = time.monotonic() - began
    rates = success_rate(env, None), success_rate(env, model)
    env.close()
    draw(episodes.rows, rates[0], options.picture)
    with options.picture.with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *episodes.rows])
    sys.stdout.write(
        f"{options.steps} steps, {len(episodes.rows)} episodes, {trained_s:.0f} s\n"
        f"successes in {TESTS} episodes: random actions {rates[0]:.2f}, the trained policy {rates[1]:.2f}\n"
    )


if __name__ == "__main__":
    main()
