"""Wrappers for the tasks' environments."""

from __future__ import annotations

import string
from typing import Any, Final

import gymnasium
from gymnasium.vector.utils import batch_space

from timmy_actors.worlds.envs.gymnasium_env import LONGEST_TEXT, TaskEnv
from timmy_actors.worlds.envs.observation import Observation

CHARACTERS: Final = frozenset(string.printable)


class Texts(gymnasium.spaces.Text):
    """Texts of printable ASCII characters. Vectors cannot have them: their shared memory returns zeros for texts."""

    def __init__(self) -> None:
        super().__init__(LONGEST_TEXT, charset=CHARACTERS)

    def __repr__(self) -> str:
        return f"Texts(max_length={LONGEST_TEXT})"


@batch_space.register(Texts)
def _refuse(space: Texts, n: int = 1) -> Any:
    raise gymnasium.error.CustomSpaceError(
        f"a vector of {n} environments cannot observe texts ({space!r}): leave TextObservation out of its wrappers, and"
        " describe each lane with its 'text' method"
    )


class TextObservation(gymnasium.ObservationWrapper[str, Any, Observation]):
    """Observations as texts for a language model: the goal, where the player is, what is near, and what it can do.

    Raises:
        gymnasium.error.Error: it wraps another environment than a task's.
    """

    def __init__(self, env: gymnasium.Env[Observation, Any]) -> None:
        if not isinstance(env.unwrapped, TaskEnv):
            raise gymnasium.error.Error(f"env: {env.unwrapped} is not a task's environment")
        super().__init__(env)
        self._task_env = env.unwrapped
        self.observation_space = Texts()

    def observation(self, observation: Observation) -> str:
        """The text in place of an observation."""
        del observation
        return self._task_env.text()
