"""A race as a PettingZoo `ParallelEnv`: several players at one task, in one world. Requires the extra `pettingzoo`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from pettingzoo import ParallelEnv

from timmy_actors.embedded import LockstepTurn, WorldProcess
from timmy_actors.errors import WorldGoneError
from timmy_actors.worlds.envs.action_forms import DiscreteForm
from timmy_actors.worlds.envs.gymnasium_env import TRIES, world_seed
from timmy_actors.worlds.envs.observation import Observation, observation_space, observe
from timmy_actors.worlds.envs.one_at_a_time import OneAtATime
from timmy_actors.worlds.tasks.episode import Episode, State
from timmy_actors.worlds.tasks.task import find_task

PLAYERS = ("Timmy", "Jiub")
"""The players who are connected to a new world."""
StepResults = tuple[
    dict[str, Observation], dict[str, float], dict[str, bool], dict[str, bool], dict[str, dict[str, Any]]
]


class RaceEnv(ParallelEnv[str, Observation, np.int64]):  # type: ignore[misc]
    """Each player plays the task for itself, and all see and meet each other.

    Agents are the players' names. An agent whose episode has ended leaves `agents`, and does not return before the
    next reset. Observations, rewards and `info` are those of `TaskEnv`; a lost world truncates all agents.

    Args:
        task: the id of a task that ships, or the path of a task's file.

    Raises:
        ConfigError: there is no such task, or its file is invalid.
    """

    metadata: dict[str, Any] = {"name": "timmy_race_v0", "render_modes": []}  # noqa: RUF012  as the base declares it

    def __init__(self, task: str | Path = "reach-tradehouse") -> None:
        self.task = find_task(task)
        self.possible_agents = list(PLAYERS)
        self.agents: list[str] = []
        self.render_mode = None
        self._form = DiscreteForm(self.task)
        self._observation_space = observation_space(self.task, self._form)
        self._action_space = self._form.space
        self._calls = OneAtATime()
        self._random = np.random.default_rng()
        self._world: WorldProcess | None = None
        self._episodes: dict[str, Episode] = {}
        self._starts: dict[str, State] = {}
        self._states: dict[str, State] = {}
        self._last_actions: dict[str, int] = {}

    def observation_space(self, agent: str) -> gymnasium.spaces.Dict:  # noqa: ARG002  all agents have the same
        """The space of every agent's observations."""
        return self._observation_space

    def action_space(self, agent: str) -> gymnasium.spaces.Discrete:  # noqa: ARG002  all agents have the same
        """The space of every agent's actions."""
        return self._action_space

    def reset(
        self,
        seed: int | None = None,
        options: dict[str, Any] | None = None,  # noqa: ARG002  there are none
    ) -> tuple[dict[str, Observation], dict[str, dict[str, Any]]]:
        """Start an episode in a new world; equal seeds give equal worlds.

        Raises:
            WorldGoneError: no world could be started, in several tries.
        """
        with self._calls.enter("reset"):
            if seed is not None:
                self._random = np.random.default_rng(seed)
            self._begin(world_seed(seed, self._random), TRIES)
            self.agents, self._last_actions = list(PLAYERS), {}
            return self._observations(self.agents), {agent: self._info(agent) for agent in self.agents}

    def step(self, actions: dict[str, np.int64]) -> StepResults:
        """Let every agent act, and the task's `step_ms` pass."""
        with self._calls.enter("step"):
            return self._step(actions)

    def _step(self, actions: dict[str, np.int64]) -> StepResults:
        agents, before = self.agents, self._states
        for agent in agents:
            if agent in actions and not self._action_space.contains(actions[agent]):
                most = len(self.task.actions) - 1
                raise gymnasium.error.InvalidAction(f"actions.{agent}: must be an integer from 0 to {most}")
        try:
            self._states = self._act({agent: int(actions[agent]) for agent in agents if agent in actions})
        except WorldGoneError as error:
            return self._lost(str(error))
        endings = {agent: self._states[agent].ending for agent in agents}
        self.agents = [agent for agent in agents if not endings[agent]]
        return (
            self._observations(agents),
            {agent: self._states[agent].score - before[agent].score for agent in agents},
            {agent: endings[agent] in ("success", "failure") for agent in agents},
            {agent: endings[agent] == "time" for agent in agents},
            {agent: self._info(agent) for agent in agents},
        )

    def close(self) -> None:
        """End the world's process."""
        if self._world is not None:
            self._world.close()
            self._world = None

    def _begin(self, seed: int, tries: int) -> None:
        try:
            self._start(seed)
        except WorldGoneError:
            self.close()
            if tries <= 1:
                raise
            self._begin(seed, tries - 1)

    def _start(self, seed: int) -> None:
        if self._world is None:
            self._world = WorldProcess.start(seed)
        else:
            self._world.reset(seed)
        self._episodes = {
            player: Episode(self.task.model_copy(update={"player": player}), self._world) for player in PLAYERS
        }
        for episode in self._episodes.values():
            episode.start()
        self._starts = {player: episode.restart() for player, episode in self._episodes.items()}
        self._states = dict(self._starts)

    def _act(self, actions: dict[str, int]) -> dict[str, State]:
        if self._world is None:
            raise WorldGoneError("the world has ended: reset starts another")
        refused = {agent: self._episodes[agent].send(action) for agent, action in actions.items()}
        turned = json.loads(self._world.turn(LockstepTurn(None, self.task.step_ms, None)))
        for answer in turned["answers"]:
            agent = answer["id"].rpartition("-")[0]
            if "error" in answer:
                refused[agent] = refused.get(agent) or answer["error"]["code"]
        self._last_actions |= actions
        looks = {agent: self._episodes[agent].look(refused.get(agent, "")) for agent in self.agents}
        return {**self._states, **looks}

    def _lost(self, reason: str) -> StepResults:
        self.close()
        agents, self.agents = self.agents, []
        return (
            self._observations(agents),
            dict.fromkeys(agents, 0.0),
            dict.fromkeys(agents, False),
            dict.fromkeys(agents, True),
            {agent: self._info(agent, reason) for agent in agents},
        )

    def _observations(self, agents: list[str]) -> dict[str, Observation]:
        return {
            agent: observe(
                self.task, self._states[agent], self._starts[agent].sections, self._last_of(agent), self._form
            )
            for agent in agents
        }

    def _last_of(self, agent: str) -> tuple[int, ...]:
        return (self._last_actions[agent],) if agent in self._last_actions else ()

    def _info(self, agent: str, lost: str = "") -> dict[str, Any]:
        return self._states[agent].facts(lost)
