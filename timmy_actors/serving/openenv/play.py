"""Plays episodes of a task, on a world in a process of its own."""

from __future__ import annotations

import secrets

from timmy_actors.embedded import MAX_SEED, WorldProcess
from timmy_actors.errors import RefusedError, WorldGoneError
from timmy_actors.serving.openenv.messages import Outcome, ResetData, TaskObservation, TaskState
from timmy_actors.worlds import Episode, State, Task, as_text

ANSWER_WITHIN_S = 30.0
"""How long a call may wait for the world before it counts as lost: half of what OpenEnv's client waits."""
TRIES = 3
"""How many worlds `reset` starts, each in place of a lost one, before it gives up."""


class Play:
    """One episode at a time. For one thread.

    A lost world ends its episode: `step` returns the last observation, done and truncated, with the reason. The next
    `reset` starts a new world.
    """

    def __init__(self, task: Task, *, answer_within_s: float = ANSWER_WITHIN_S) -> None:
        self._task = task
        self._answer_within_s = answer_within_s
        self._world: WorldProcess | None = None
        self._episode: Episode | None = None
        self._seen: State | None = None
        self.state = TaskState(task=task.id)
        """Of the current episode."""

    def reset(self, data: ResetData) -> TaskObservation:
        """Begin an episode in a new world; equal seeds give equal worlds.

        Raises:
            WorldGoneError: no world could be started, in several tries.
            ConfigError: a command of the task's start is refused.
        """
        seed = secrets.randbelow(MAX_SEED) if data.seed is None else data.seed
        self.state = TaskState(task=self._task.id)
        self._episode, self._seen = self._begin(seed, TRIES)
        episode_id = secrets.token_hex(8) if data.episode_id is None else data.episode_id
        self.state = TaskState(task=self._task.id, episode_id=episode_id, seed=seed)
        return self._observation(self._seen, None)

    def step(self, action: str) -> TaskObservation:
        """Take an action, and let the task's `step_ms` pass.

        Raises:
            RefusedError: no episode has begun, or it has ended.
        """
        if self._episode is None or self._seen is None:
            raise RefusedError("unavailable", "no episode is going on: reset first")
        before, lost = self._seen, ""
        try:
            self._seen = self._episode.act(self._task.position_of(action))
        except WorldGoneError as error:
            self.close()
            lost = str(error)
        self.state = self.state.model_copy(update={"step_count": self.state.step_count + 1})
        if lost or self._seen.ending:
            self._episode = None
        return self._observation(self._seen, self._seen.score - before.score, lost)

    def close(self) -> None:
        """End the world; a second call does nothing."""
        self._episode = None
        if self._world is not None:
            self._world.close()
            self._world = None

    def _begin(self, seed: int, tries: int) -> tuple[Episode, State]:
        self._episode = None
        try:
            if self._world is None:
                self._world = WorldProcess.start(seed, answer_within_s=self._answer_within_s)
            else:
                self._world.reset(seed)
            episode = Episode(self._task, self._world)
            return episode, episode.start()
        except WorldGoneError:
            self.close()
            if tries <= 1:
                raise
            return self._begin(seed, tries - 1)

    def _observation(self, seen: State, reward: float | None, lost: str = "") -> TaskObservation:
        possible = seen.sections["available_actions"]["commands"]
        outcome = Outcome(
            truncated=bool(lost) or seen.ending == "time",
            reason=lost or seen.ending,
            score=seen.score,
            game_ms=seen.game_ms,
            refused=seen.refused,
        )
        self.state = self.state.model_copy(update={"outcome": outcome})
        return TaskObservation(
            done=bool(outcome.reason),
            reward=reward,
            metadata=outcome,
            goal=self._task.goal,
            text=as_text(self._task, seen),
            actions=tuple(one.id for one in self._task.actions if one.command is None or one.command in possible),
            sections=dict(seen.sections),
        )
