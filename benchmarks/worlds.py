"""Steps of the embedded world a second: in lockstep, through a daemon, and in Gymnasium's vectors."""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from operator import le
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np

from benchmarks.harness import Figure, Reading, in_turn, interleave
from timmy_actors import Daemon, Runtime, connect
from timmy_actors.daemon import JournalSettings, Settings
from timmy_actors.embedded import LockstepWorld
from timmy_actors.system import config_folder
from timmy_actors.worlds import LockstepGame, find_task, observe_message
from timmy_actors.worlds.envs.action_forms import DiscreteForm
from timmy_actors.worlds.envs.observation import observation_space

TASK = "reach-tradehouse"
ENVIRONMENT = "timmy_actors.worlds.envs:timmy/ReachTradehouse-v0"
STEP_MS = 100
STEPS, FEW_STEPS = 500, 100
LEAST = 2000
"""Lockstep steps a second."""
ROUNDS, VECTOR_ROUNDS = 7, 20
SECTIONS = ("position", "nearby_actors")
TURN = {"by": 10}


def run() -> Iterator[Figure | Reading]:
    """Every figure of this room."""
    with closing(LockstepWorld(1)) as world:
        game = LockstepGame(world)
        yield from _lockstep(game)
        yield from _through_a_daemon(game)
    yield from _vectors()


def _lockstep(game: LockstepGame) -> Iterator[Reading]:
    """A step: a command, 100 ms, and a perception; and the parts of it."""
    observe = observe_message(game.player, SECTIONS)
    for _ in range(STEPS):  # LuaJIT compiles what runs often
        _step(game, observe)
    parts: dict[str, Callable[[], object]] = {
        "lockstep: command, 100 ms, position and actors": lambda: _step(game, observe),
        "    of that: 100 ms of the world": lambda: game.take(STEP_MS),
        "    of that: position and actors": lambda: game.take(0, observe=observe),
        "    of that: the command": lambda: game.take(0, _turn_message(game)),
    }
    figures = in_turn(*(partial(_a_second, act, STEPS) for act in parts.values()), rounds=ROUNDS)
    for number, (name, figure) in enumerate(zip(parts, figures, strict=True)):
        yield Reading(name, figure, "" if number else f">= {LEAST} /s", partial(le, LEAST), "/s")


def _through_a_daemon(game: LockstepGame) -> Iterator[Figure]:
    observe = observe_message(game.player, SECTIONS)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(journal=JournalSettings(enabled=False))
        runtime = Runtime(settings, folder=config_folder(), endpoint=f"ipc://{Path(folder)}/daemon")
        with runtime, connect(runtime.wait_ready().endpoint) as daemon:
            daemon.freeze(by="benchmark")
            mine, theirs = interleave(
                lambda: _a_second(lambda: _step(game, observe), STEPS),
                lambda: _a_second(lambda: _daemon_step(daemon), FEW_STEPS),
                rounds=ROUNDS,
            )
    yield Figure(
        "the same against a frozen daemon's steps", mine, theirs, ">= 3 x", lambda ratio: ratio >= 3, "/s", "connect()"
    )


def _vectors() -> Iterator[Figure]:
    with (
        closing(_vector(2)) as two,
        closing(_vector(1)) as one,
        closing(gymnasium.vector.AsyncVectorEnv([BareEnv])) as bare,
    ):
        lanes = (two, 2), (one, 1), (bare, 1)
        for env, _ in lanes:
            env.reset(seed=1)
        figures = in_turn(*(partial(_lane_steps_a_second, *lane) for lane in lanes), rounds=VECTOR_ROUNDS)
    yield Figure(
        "2 worlds in an async vector", figures[0], figures[1], ">= 1.4 x", lambda ratio: ratio >= 1.4, "/s", "one world"
    )
    yield Figure("1 world in an async vector", figures[1], figures[2], unit="/s", yardstick_name="a bare environment")


def _vector(count: int) -> gymnasium.vector.VectorEnv[Any, Any, Any]:
    return gymnasium.make_vec(ENVIRONMENT, num_envs=count, vectorization_mode="async")


class BareEnv(gymnasium.Env[Any, np.int64]):
    """An environment of the same spaces that computes nothing."""

    def __init__(self) -> None:
        task = find_task(TASK)
        self.observation_space = observation_space(task, DiscreteForm(task))
        self.action_space = gymnasium.spaces.Discrete(len(task.actions))

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed, options=options)
        self._seen = self.observation_space.sample()
        return self._seen, {}

    def step(self, action: np.int64) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        return self._seen, 0.0, False, False, {"score": 0.0, "ending": "", "game_ms": int(action), "lost": ""}


def _step(game: LockstepGame, observe: str) -> None:
    game.take(STEP_MS, _turn_message(game), observe)


_ids = itertools.count(1)


def _turn_message(game: LockstepGame) -> str:
    return game.command_message("turn", TURN, timeout_s=60, command_id=f"turn-{next(_ids)}")


def _daemon_step(daemon: Daemon) -> None:
    daemon.command("turn", by=TURN["by"])
    daemon.step(STEP_MS)
    daemon.snapshot()


def _a_second(act: Callable[[], object], times: int) -> float:
    began = time.perf_counter()
    for _ in range(times):
        act()
    return times / (time.perf_counter() - began)


def _lane_steps_a_second(env: gymnasium.vector.VectorEnv[Any, Any, Any], lanes: int) -> float:
    actions = np.zeros(lanes, np.int64)
    return lanes * _a_second(lambda: env.step(actions), FEW_STEPS)
