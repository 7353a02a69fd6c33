"""Tasks as Gymnasium environments: `timmy/<Task>-v0`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import gymnasium

from timmy_actors.embedded import MAX_SEED, WorldProcess
from timmy_actors.errors import WorldGoneError
from timmy_actors.worlds.envs.action_forms import FormName, action_form
from timmy_actors.worlds.envs.drawing import Picture, describe, draw_map
from timmy_actors.worlds.envs.observation import Observation, observation_space, observe
from timmy_actors.worlds.envs.one_at_a_time import OneAtATime
from timmy_actors.worlds.tasks.episode import Episode, State
from timmy_actors.worlds.tasks.goals import Sections
from timmy_actors.worlds.tasks.task import Task, find_task, load_tasks
from timmy_actors.worlds.tasks.tools import as_text

if TYPE_CHECKING:
    import numpy as np

NAMESPACE: Final = "timmy"
ANSWER_WITHIN_S = 60.0
"""How long `reset` or `step` may wait for the world before it counts as lost; a step takes a millisecond."""
REAL_TIME: Final = "timmy_actors.worlds.envs.real_time:RealTimeEnv"
LONGEST_TEXT: Final = 4096
"""The most characters of a text."""
TRIES: Final = 3
"""How many worlds `reset` starts, each in place of a lost one, before it gives up."""


class TaskEnv(gymnasium.Env[Observation, Any]):
    """A task, on a world in a process of its own.

    An action is the position of one in the task's list; in the forms `dict` and `multi_discrete`, a choice of a turn,
    of a movement and of something to use, in one step. A step passes the task's `step_ms` of game time. The reward is
    the change of the score, so the sum of an episode's rewards is its score minus that at the start. An episode is
    terminated by success and failure, truncated by the task's time limit, and when its world is lost: then `step`
    returns the last observation, and `info["lost"]` says why. It never raises for that; `reset` starts a new world.

    `info` always has the same keys: `score`; `ending` (`success`, `failure`, `time` or empty); `game_ms` since the
    start; `refused`, the code with which the last action was refused (`game_refused`), or empty; `lost`, or empty.

    Args:
        task: the id of a task that ships, or the path of a task's file.
        actions: the form of the actions: `discrete`, `dict` or `multi_discrete`.
        render_mode: None, `rgb_array` (a map, 256 x 256), or `human` (a map as text on standard output).
        answer_within_s: how long a call may wait for the world.

    Raises:
        ConfigError: there is no such task, or its file is invalid.
        gymnasium.error.Error: there is no such form.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012  as the base declares it
        "render_modes": ["rgb_array", "human"],
        "render_fps": 4,
    }

    def __init__(
        self,
        task: str | Path,
        render_mode: str | None = None,
        *,
        actions: FormName = "discrete",
        answer_within_s: float = ANSWER_WITHIN_S,
    ) -> None:
        self.task: Task = find_task(task)
        self.render_mode = render_mode
        self._form = action_form(actions, self.task)
        self.observation_space = cast("gymnasium.Space[Observation]", observation_space(self.task, self._form))
        self.action_space = self._form.space
        self._answer_within_s = answer_within_s
        self._calls = OneAtATime()
        self._world: WorldProcess | None = None
        self._episode: Episode | None = None
        self._start: Sections = {}
        self._state: State | None = None
        self._last_actions: tuple[int, ...] = ()

    @property
    def world_pid(self) -> int | None:
        """The id of the world's process."""
        return self._world.pid if self._world is not None else None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Start an episode in a new world. There are no `options`.

        Equal seeds give equal worlds: `seed` is the world's own, as that of `timmy-actors tasks run`. None: the next
        one of the environment's random numbers.

        Raises:
            WorldGoneError: no world could be started, in several tries.
            gymnasium.error.AlreadyPendingCallError: another thread's `reset` or `step` has not ended.
        """
        with self._calls.enter("reset"):
            super().reset(seed=seed, options=options)
            self._begin(world_seed(seed, self.np_random), TRIES)
            if self.render_mode == "human":
                self.render()
            return self._observation(), self._info()

    def step(self, action: Any) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Take a step; see the class."""
        with self._calls.enter("step"):
            return self._step(action)

    def _step(self, action: Any) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        if self._episode is None or self._state is None:
            raise gymnasium.error.ResetNeeded("call reset before step")
        if not self.action_space.contains(action):
            raise gymnasium.error.InvalidAction(f"action: must be in {self.action_space}, not {str(action)[:64]}")
        before, chosen = self._state, self._form.decode(action)
        try:
            self._state = self._act(self._episode, chosen)
        except WorldGoneError as error:
            self._end_world()
            return self._observation(), 0.0, False, True, self._info(lost=str(error))
        self._last_actions = chosen
        if self.render_mode == "human":
            self.render()
        ended = self._state.ending
        reward = self._state.score - before.score
        return self._observation(), reward, ended in ("success", "failure"), ended == "time", self._info()

    def render(self) -> Picture | None:
        """The map as an array (`rgb_array`); `human` writes it as text."""
        if self._state is None or self.render_mode is None:
            return None
        if self.render_mode == "human":
            sys.stdout.write(describe(self.task, self._state) + "\n")
            return None
        return draw_map(self.task, self._state)

    def text(self) -> str:
        """The last observation as a text: the goal, where the player is, what is near, and what it can do.

        Raises:
            gymnasium.error.ResetNeeded: there was none yet.
        """
        if self._state is None:
            raise gymnasium.error.ResetNeeded("call reset before text")
        plain = f"{self.task.goal}\n{as_text(self.task, self._state)}".encode("ascii", "replace").decode()
        return plain[:LONGEST_TEXT]

    def close(self) -> None:
        """End the world's process."""
        self._end_world()
        super().close()

    def _act(self, episode: Episode, actions: tuple[int, ...]) -> State:
        return episode.act(*actions)

    def _begin(self, seed: int, tries: int) -> None:
        try:
            if self._world is None:
                self._world = WorldProcess.start(seed, answer_within_s=self._answer_within_s)
            else:
                self._world.reset(seed)
            self._episode = Episode(self.task, self._world)
            self._state = self._episode.start()
        except WorldGoneError:
            self._end_world()
            if tries <= 1:
                raise
            self._begin(seed, tries - 1)
        else:
            self._start, self._last_actions = self._state.sections, ()

    def _end_world(self) -> None:
        if self._world is not None:
            self._world.close()
            self._world = None

    def _observation(self) -> Observation:
        assert self._state is not None, "set by `reset`"  # noqa: S101
        return observe(self.task, self._state, self._start, self._last_actions, self._form)

    def _info(self, lost: str = "") -> dict[str, Any]:
        assert self._state is not None, "set by `reset`"  # noqa: S101
        return self._state.facts(lost)


def world_seed(seed: int | None, random: np.random.Generator) -> int:
    """The seed of a new world: the one that `reset` got, or a random one."""
    return int(random.integers(MAX_SEED)) if seed is None else seed % (MAX_SEED + 1)


def register_tasks() -> None:
    """Register the environments of each task that ships: in lockstep, and in real time."""
    for task in load_tasks().values():
        _register(f"{NAMESPACE}/{task.name}-v0", f"{__name__}:{TaskEnv.__name__}", task)
        _register(f"{NAMESPACE}/{task.name}RealTime-v0", REAL_TIME, task, nondeterministic=True)


def _register(name: str, entry_point: str, task: Task, **options: Any) -> None:
    if name not in gymnasium.registry:
        gymnasium.register(name, entry_point, kwargs={"task": task.id}, **options)
